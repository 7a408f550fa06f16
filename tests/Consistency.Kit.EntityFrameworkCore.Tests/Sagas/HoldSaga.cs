using System.Text.Json.Serialization;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.Sagas;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Sagas;

public sealed record Hold(int Units);

public sealed record HoldStock(string Saga, int Units);

public sealed record DropStock(string Saga);

public sealed record StockHeld(string Saga, string? Refusal);

[JsonSerializable(typeof(Hold))]
[JsonSerializable(typeof(HoldStock))]
[JsonSerializable(typeof(DropStock))]
[JsonSerializable(typeof(StockHeld))]
internal sealed partial class HoldJson : JsonSerializerContext;

/// <summary>Asks by message, waits for the answer, and takes the request back by message.</summary>
public sealed class HoldSaga(ShopDb db) : ISaga<HoldSaga, Hold>
{
    public static readonly SignalKey<StockHeld> Answer = new("stock-held");
    private static readonly StepKey Ask = new("ask");
    private static readonly StepKey Heed = new("heed");

    public static SagaDefinition<HoldSaga, Hold> Define(SagaStart<HoldSaga, Hold> saga) => saga
        .Named("hold", version: 1)
        .Step(Ask, run: s => s.AskAsync, undo: s => s.DropAsync, o => o.CommitsWithProgress = true)
        .WaitFor(Answer, within: TimeSpan.FromSeconds(2))
        .Pivot(Heed, run: s => s.HeedAsync, o => o.CommitsWithProgress = true)
        .Build();

    private Task<StepOutcome> AskAsync(SagaContext<Hold> context, CancellationToken cancellationToken)
    {
        db.Outbox.Publish(new HoldStock(context.SagaId, context.Input.Units), context.SagaId);
        return Task.FromResult(StepOutcome.Done);
    }

    private Task DropAsync(SagaContext<Hold> context, Attempt attempt, CancellationToken cancellationToken)
    {
        db.Outbox.Publish(new DropStock(context.SagaId), context.SagaId);
        return Task.CompletedTask;
    }

    private Task<StepOutcome> HeedAsync(SagaContext<Hold> context, CancellationToken cancellationToken) =>
        Task.FromResult(context.SignalOf(Answer).Refusal is { } reason ? new Refusal(reason) : StepOutcome.Done);
}

/// <summary>The other service: holds up to ten units, and says nothing about none.</summary>
internal sealed class HoldUnits(ShopDb db) : IMessageHandler<HoldStock>
{
    public Task HandleAsync(HoldStock message, MessageContext context, CancellationToken cancellationToken)
    {
        if (message.Units <= 10)
        {
            db.Effects.Add(new Effect { Consumer = "held", Key = message.Saga, Number = message.Units });
        }

        if (message.Units > 0)
        {
            db.Outbox.Publish(new StockHeld(message.Saga, message.Units > 10 ? "sold out" : null), message.Saga);
        }

        return Task.CompletedTask;
    }
}

internal sealed class DropUnits(ShopDb db) : IMessageHandler<DropStock>
{
    public async Task HandleAsync(DropStock message, MessageContext context, CancellationToken cancellationToken)
    {
        await db.Effects.Where(effect => effect.Consumer == "held" && effect.Key == message.Saga).ExecuteDeleteAsync(cancellationToken);
        db.Effects.Add(new Effect { Consumer = "dropped", Key = message.Saga });
    }
}

internal sealed class TellSaga(ShopDb db) : IMessageHandler<StockHeld>
{
    public Task HandleAsync(StockHeld message, MessageContext context, CancellationToken cancellationToken)
    {
        db.SignalSaga("hold", message.Saga, HoldSaga.Answer, message);
        return Task.CompletedTask;
    }
}
