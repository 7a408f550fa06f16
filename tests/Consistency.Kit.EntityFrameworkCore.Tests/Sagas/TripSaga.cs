using System.Text.Json.Serialization;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Sagas;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Sagas;

public sealed record Trip(int Number);

[JsonSerializable(typeof(Trip))]
public sealed partial class TripJson : JsonSerializerContext;

/// <summary>Counts who is inside, and is away until it is told otherwise.</summary>
public sealed class Airline
{
    private int _inside;
    private int _most;
    private volatile bool _isDown;

    public bool IsDown { get => _isDown; set => _isDown = value; }

    public int Most => _most;

    public async Task BookAsync(CancellationToken cancellationToken)
    {
        var inside = Interlocked.Increment(ref _inside);
        for (var most = _most; inside > most && Interlocked.CompareExchange(ref _most, inside, most) != most; most = _most)
        {
        }

        try
        {
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, cancellationToken);
            if (IsDown)
            {
                throw new HttpRequestException("503");
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inside);
        }
    }
}

/// <summary>One step on another service with a limit, one that commits with the progress.</summary>
public sealed class TripSaga(ShopDb db, Airline airline) : ISaga<TripSaga, Trip>
{
    public const int Limit = 5;
    private static readonly StepKey Book = new("book");
    private static readonly StepKey Pay = new("pay");

    public static SagaDefinition<TripSaga, Trip> Define(SagaStart<TripSaga, Trip> saga) => saga
        .Named("trip", version: 1)
        .Step(Book, run: s => s.BookAsync, undo: s => s.CancelAsync, o =>
        {
            o.Limit = Limit;
            o.Retry = new() { BaseDelay = TimeSpan.FromMilliseconds(500), MaxDelay = TimeSpan.FromSeconds(8), MaxAttempts = 1_000 };
        })
        .Pivot(Pay, run: s => s.PayAsync, o => o.CommitsWithProgress = true)
        .Build();

    private async Task<StepOutcome> BookAsync(SagaContext<Trip> context, CancellationToken cancellationToken)
    {
        await airline.BookAsync(cancellationToken);
        return StepOutcome.Done;
    }

    private Task CancelAsync(SagaContext<Trip> context, Attempt attempt, CancellationToken cancellationToken) => airline.BookAsync(cancellationToken);

    private Task<StepOutcome> PayAsync(SagaContext<Trip> context, CancellationToken cancellationToken)
    {
        db.Effects.Add(new Effect { Key = context.SagaId, Number = context.Input.Number });
        return Task.FromResult(StepOutcome.Done);
    }
}
