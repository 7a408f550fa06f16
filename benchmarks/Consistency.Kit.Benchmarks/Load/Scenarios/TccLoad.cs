using System.Text.Json.Serialization;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>What a TCC of two local branches costs, and a barrier alone, against the same rows and commits written by hand.</summary>
internal sealed class TccLoad : IScenario
{
    private const int Workers = 16;
    private const int Transactions = 500;
    private const int Effects = 3_000;
    private const string HandBarrier =
        """
        CREATE TABLE hand_barrier (
            transaction_id varchar(128) NOT NULL, branch_id varchar(128) NOT NULL, place varchar(128) NOT NULL, state integer NOT NULL,
            is_empty boolean NOT NULL, try_result bytea, end_result bytea, moved_at timestamptz NOT NULL, PRIMARY KEY (transaction_id, branch_id, place));
        CREATE INDEX ON hand_barrier (moved_at);
        """;

    private static readonly TccBranch<Held, Held> Stock = new("stock");
    private static readonly TccBranch<Held, Held> Wallet = new("wallet");
    private static readonly byte[] Request = "{\"Order\":\"00000000-0000-0000-0000-000000000000\",\"Number\":1}"u8.ToArray();

    public string Name => "tcc";

    public string Summary => "a TCC of two local branches, and an effect behind a barrier: against the same rows and commits by hand";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var kitDatabase = await context.CreateDatabaseAsync("kit", cancellationToken);
        var handDatabase = await context.CreateDatabaseAsync("hand", cancellationToken);
        using var hand = await Shops.ByHandAsync(handDatabase);
        await handDatabase.ExecuteAsync(HandWork.Tables + HandBarrier);
        using var kit = await Shops.WithKitAsync(kitDatabase, kit => kit
            .ConfigureOutbox(outbox => outbox.Relay = false)
            .ConfigureInbox(inbox => inbox.Consume = false)
            .UseJson(HeldJson.Default)
            .AddTcc(tcc => tcc
                .AddBranch(Stock, branch => branch.Local<KitDb, HeldBranch>())
                .AddBranch(Wallet, branch => branch.Local<KitDb, HeldBranch>())));
        await kit.StartAsync(cancellationToken);
        if (context.Runs("tcc"))
        {
            var kitSide = new Side("kit", () => TccAsync(context, kitDatabase, kit));
            var handSide = new Side("by hand", () => TccByHandAsync(context, handDatabase, hand));
            var alternation = await Alternation.RunAsync(context.Options.Pairs, [kitSide, handSide], cancellationToken);
            alternation.PrintRatio("tcc_ratio", kitSide, handSide);
            alternation.PrintRate("tccs_per_s", kitSide);
            alternation.PrintRate("hand_tccs_per_s", handSide);
            alternation.PrintCpu("tcc_kit", kitSide);
            alternation.PrintCpu("tcc_hand", handSide);
        }

        if (context.Runs("barrier"))
        {
            var kitSide = new Side("kit", () => BarrierAsync(context, kitDatabase, kit));
            var handSide = new Side("by hand", () => BarrierByHandAsync(context, handDatabase, hand));
            var alternation = await Alternation.RunAsync(context.Options.Pairs, [kitSide, handSide], cancellationToken);
            alternation.PrintRatio("barrier_ratio", kitSide, handSide);
            alternation.PrintRate("barrier_effects_per_s", kitSide);
            alternation.PrintRate("hand_barrier_effects_per_s", handSide);
            alternation.PrintCpu("barrier_kit", kitSide);
            alternation.PrintCpu("barrier_hand", handSide);
        }

        await kit.StopAsync(cancellationToken);
    }

    private static async Task<Sample> TccAsync(LoadContext context, Database database, IHost host)
    {
        await database.ExecuteAsync("TRUNCATE consistency_work, consistency_work_history, consistency_work_signal, consistency_barrier, effects");
        var tcc = host.Services.GetRequiredService<ITccCoordinator>();
        return await context.Meter.MeasureAsync(Workers, Transactions, async number =>
        {
            var held = new Held(Guid.CreateVersion7(), number);
            var outcome = await tcc.RunAsync(
                held.Order.ToString(),
                async (scope, token) =>
                {
                    await scope.TryAsync(Stock, held, token);
                    await scope.TryAsync(Wallet, held, token);
                },
                default);
            if (outcome.Status != TccStatus.Confirmed)
            {
                throw new InvalidOperationException($"A transaction is {outcome}.");
            }
        });
    }

    /// <summary>By hand: nine commits, each with the rows that the kit writes in it; a scope and a context for each.</summary>
    private static async Task<Sample> TccByHandAsync(LoadContext context, Database database, IHost host)
    {
        await database.ExecuteAsync("TRUNCATE hand_work, hand_history, hand_barrier, effects");
        return await context.Meter.MeasureAsync(Workers, Transactions, async number =>
        {
            var id = Guid.CreateVersion7();
            await Shops.InScopeAsync<HandDb>(host, db => db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO hand_work (id, scope, type, work_key, input, status, due_at, owner, epoch, events, created_at)
                VALUES ({id}, 'tcc', 'tcc', {id.ToString()}, {Array.Empty<byte>()}, 0, now() + interval '30 seconds', 'me', 1, 0, now())
                """));
            for (var branch = 1; branch <= 2; branch++)
            {
                await NoteAsync(host, id, branch, "branch", $"0{branch}", Request);
                await TryByHandAsync(host, id.ToString(), $"0{branch}", id, number, Request);
            }

            await NoteAsync(host, id, 3, "confirming", null, null);
            await Task.WhenAll(Enumerable.Range(1, 2).Select(branch => ConfirmByHandAsync(host, id.ToString(), $"0{branch}", id, number)));
            await Shops.InScopeAsync<HandDb>(host, db => db.Database.ExecuteSqlAsync(
                $"UPDATE hand_work SET status = 1, ended_at = now(), owner = NULL WHERE id = {id} AND epoch = 1 AND status = 0"));
        });
    }

    private static Task NoteAsync(IHost host, Guid id, int number, string name, string? step, byte[]? detail) => Shops.InScopeAsync<HandDb>(host, async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        if (await db.Database.ExecuteSqlAsync($"UPDATE hand_work SET events = events + 1 WHERE id = {id} AND epoch = 1 AND status = 0") != 1)
        {
            throw new InvalidOperationException("Another instance has the transaction.");
        }

        await db.Database.ExecuteSqlAsync($"INSERT INTO hand_history (work_id, number, at, event, step, detail) VALUES ({id}, {number}, now(), {name}, {step}, {detail})");
        await transaction.CommitAsync();
    });

    private static Task TryByHandAsync(IHost host, string transactionId, string branch, Guid order, int number, byte[]? result) => Shops.InScopeAsync<HandDb>(host, async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Database.AutoSavepointsEnabled = false;
        var inserted = await db.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO hand_barrier (transaction_id, branch_id, place, state, is_empty, moved_at)
            VALUES ({transactionId}, {branch}, '01', 1, false, now()) ON CONFLICT DO NOTHING
            """);
        if (inserted != 1)
        {
            throw new InvalidOperationException("The branch was tried or cancelled.");
        }

        db.Effects.Add(new Effect { OrderId = order, Key = "try", Number = number });
        await db.SaveChangesAsync();
        if (result is not null)
        {
            // What the effect brings is known when it has run.
            await db.Database.ExecuteSqlAsync($"UPDATE hand_barrier SET try_result = {result} WHERE transaction_id = {transactionId} AND branch_id = {branch} AND place = '01'");
        }

        await transaction.CommitAsync();
    });

    private static Task ConfirmByHandAsync(IHost host, string transactionId, string branch, Guid order, int number) => Shops.InScopeAsync<HandDb>(host, async db =>
    {
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Database.AutoSavepointsEnabled = false;
        var updated = await db.Database.ExecuteSqlAsync(
            $"UPDATE hand_barrier SET state = 2, moved_at = now() WHERE transaction_id = {transactionId} AND branch_id = {branch} AND place = '01' AND state = 1");
        if (updated != 1)
        {
            throw new InvalidOperationException("The branch is not tried.");
        }

        db.Effects.Add(new Effect { OrderId = order, Key = "confirm", Number = number });
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    });

    private static async Task<Sample> BarrierAsync(LoadContext context, Database database, IHost host)
    {
        await database.ExecuteAsync("TRUNCATE consistency_barrier, effects");
        return await context.Meter.MeasureAsync(Workers, Effects, number => Shops.InScopeAsync<KitDb>(host, async db =>
        {
            var id = Guid.CreateVersion7();
            await db.Barrier.RunAsync(new BranchCall(id.ToString(), "01", BranchOperation.Try), _ =>
            {
                db.Effects.Add(new Effect { OrderId = id, Key = "try", Number = number });
                return Task.CompletedTask;
            });
        }));
    }

    private static async Task<Sample> BarrierByHandAsync(LoadContext context, Database database, IHost host)
    {
        await database.ExecuteAsync("TRUNCATE hand_barrier, effects");
        return await context.Meter.MeasureAsync(Workers, Effects, number =>
        {
            var id = Guid.CreateVersion7();
            return TryByHandAsync(host, id.ToString(), "01", id, number, result: null);
        });
    }

    private sealed class HeldBranch(KitDb db) : ITccBranch<Held, Held>
    {
        public Task<BranchResult<Held>> TryAsync(Held request, BranchCall branchCall, CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { OrderId = request.Order, Key = "try", Number = request.Number });
            return Task.FromResult<BranchResult<Held>>(request);
        }

        public Task ConfirmAsync(Held request, BranchCall branchCall, CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { OrderId = request.Order, Key = "confirm", Number = request.Number });
            return Task.CompletedTask;
        }

        public Task CancelAsync(Held request, BranchCall branchCall, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal sealed record Held(Guid Order, int Number);

[JsonSerializable(typeof(Held))]
internal sealed partial class HeldJson : JsonSerializerContext;
