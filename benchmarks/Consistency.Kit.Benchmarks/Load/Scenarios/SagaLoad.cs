using System.Text.Json.Serialization;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Sagas;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>What a saga of three steps costs that commit with its progress, against the same rows and commits written by hand.</summary>
internal sealed class SagaLoad : IScenario
{
    private const int Workers = 16;
    private const int Count = 1_000;
    private const int Finished = 1_000_000;
    private const int Sleeping = 100_000;

    public string Name => "saga";

    public string Summary => "a saga of three steps that commit with its progress: against the same rows and commits by hand, and behind a million ended ones";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var kitDatabase = await context.CreateDatabaseAsync("kit", cancellationToken);
        var handDatabase = await context.CreateDatabaseAsync("hand", cancellationToken);
        using var hand = await Shops.ByHandAsync(handDatabase);
        await handDatabase.ExecuteAsync(HandWork.Tables);
        using var kit = await StartAsync(kitDatabase, cancellationToken);
        if (context.Runs("hand"))
        {
            var kitSide = new Side("kit", () => RunAsync(context, kitDatabase, kit, truncate: true));
            var handSide = new Side("by hand", () => RunByHandAsync(context, handDatabase, hand));
            var alternation = await Alternation.RunAsync(context.Options.Pairs, [kitSide, handSide], cancellationToken);
            alternation.PrintRatio("saga_ratio", kitSide, handSide);
            alternation.PrintRate("sagas_per_s", kitSide);
            alternation.PrintRate("hand_sagas_per_s", handSide);
            alternation.PrintCpu("saga_kit", kitSide);
            alternation.PrintCpu("saga_hand", handSide);
        }

        if (context.Runs("crowd"))
        {
            var crowdedDatabase = await context.CreateDatabaseAsync("crowd", cancellationToken);
            using var crowded = await StartAsync(crowdedDatabase, cancellationToken);
            await CrowdAsync(crowdedDatabase);
            var crowdSide = new Side("crowded", () => RunAsync(context, crowdedDatabase, crowded, truncate: false));
            var emptySide = new Side("empty", () => RunAsync(context, kitDatabase, kit, truncate: false));
            var alternation = await Alternation.RunAsync(context.Options.Pairs, [crowdSide, emptySide], cancellationToken);
            alternation.PrintRatio("crowd_ratio", crowdSide, emptySide);
            await crowded.StopAsync(cancellationToken);
        }

        await kit.StopAsync(cancellationToken);
    }

    private static async Task<IHost> StartAsync(Database database, CancellationToken cancellationToken)
    {
        var host = await Shops.WithKitAsync(
            database,
            kit => kit
                .ConfigureOutbox(outbox => outbox.Relay = false)
                .ConfigureInbox(inbox => inbox.Consume = false)
                .UseJson(SagaJson.Default)
                .AddSaga<ThreeSteps, Start>()
                .ConfigureWork(work => work.MaxConcurrency = Workers));
        await host.StartAsync(cancellationToken);
        return host;
    }

    /// <summary>Starts each saga in a transaction of its own, from a scope of its own, and waits until all have ended.</summary>
    private static async Task<Sample> RunAsync(LoadContext context, Database database, IHost host, bool truncate)
    {
        await database.ExecuteAsync(truncate ? "TRUNCATE consistency_work, consistency_work_history, consistency_work_signal, effects" : "TRUNCATE effects");
        ThreeSteps.Ran = 0;
        return await context.Meter.MeasureAsync(async () =>
        {
            await Parallel.ForAsync(0, Count, new ParallelOptions { MaxDegreeOfParallelism = Workers }, async (number, _) =>
                await Shops.InScopeAsync<KitDb>(host, async db =>
                {
                    db.StartSaga<ThreeSteps, Start>(Guid.CreateVersion7().ToString(), new Start(number));
                    await db.SaveChangesAsync();
                }));
            while (ThreeSteps.Ran < 3 * Count
                || await database.ScalarAsync<long>("SELECT count(*) FROM effects") < 3 * Count
                || await database.ScalarAsync<long>($"SELECT count(*) FROM consistency_work WHERE status = 0 AND due_at < now() + interval '1 hour'") > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);
            }

            return (long)Count;
        });
    }

    /// <summary>By hand: four commits, each with the rows that the kit writes in it; a scope and a context for each, as the kit's steps have.</summary>
    private static async Task<Sample> RunByHandAsync(LoadContext context, Database database, IHost host)
    {
        await database.ExecuteAsync("TRUNCATE hand_work, hand_history, effects");
        return await context.Meter.MeasureAsync(Workers, Count, async number =>
        {
            var id = Guid.CreateVersion7();
            await Shops.InScopeAsync<HandDb>(host, db => db.Database.ExecuteSqlAsync(
                $"""
                INSERT INTO hand_work (id, scope, type, work_key, input, status, due_at, owner, epoch, events, created_at)
                VALUES ({id}, 'saga/three-steps', 'saga/three-steps/1/00000000', {id.ToString()}, {"{\"Number\":1}"u8.ToArray()}, 0, now() + interval '30 seconds', 'me', 1, 0, now())
                """));
            for (var step = 1; step <= 3; step++)
            {
                var name = $"step-{step}";
                await Shops.InScopeAsync<HandDb>(host, async db =>
                {
                    await using var transaction = await db.Database.BeginTransactionAsync();
                    db.Database.AutoSavepointsEnabled = false;
                    db.Effects.Add(new Effect { OrderId = id, Key = name, Number = number });
                    await db.SaveChangesAsync();
                    var status = step == 3 ? 1 : 0;
                    var updated = await db.Database.ExecuteSqlAsync(
                        $"UPDATE hand_work SET events = events + {(step == 3 ? 2 : 1)}, status = {status}, ended_at = {(step == 3 ? DateTime.UtcNow : (DateTime?)null)} WHERE id = {id} AND epoch = 1 AND status = 0");
                    if (updated != 1)
                    {
                        throw new InvalidOperationException("Another instance has the saga.");
                    }

                    await db.Database.ExecuteSqlAsync($"INSERT INTO hand_history (work_id, number, at, event, step, attempt) VALUES ({id}, {step}, now(), 'step-done', {name}, 1)");
                    if (step == 3)
                    {
                        await db.Database.ExecuteSqlAsync($"INSERT INTO hand_history (work_id, number, at, event) VALUES ({id}, 4, now(), 'completed')");
                    }

                    await transaction.CommitAsync();
                });
            }
        });
    }

    /// <summary>A million ended sagas with their histories, and a hundred thousand that sleep for a day.</summary>
    private static async Task CrowdAsync(Database database)
    {
        await database.ExecuteAsync(
            $"""
            INSERT INTO consistency_work (id, scope, type, work_key, frees_key, input, status, due_at, scheduled_at, epoch, events, attempts, take_overs, created_at, started_at, ended_at)
            SELECT gen_random_uuid(), 'saga/three-steps', '{SagaDefinition.Of<ThreeSteps, Start>()}', 'crowd-' || n, false, convert_to('{"{"}"Number":1{"}"}', 'UTF8'),
                CASE WHEN n <= {Finished} THEN 1 ELSE 0 END, now() + interval '1 day', now(), 1, 4, 0, 0, now(), now(), CASE WHEN n <= {Finished} THEN now() END
            FROM generate_series(1, {Finished + Sleeping}) AS n
            """);
        await database.ExecuteAsync("UPDATE consistency_work SET type = 'saga/' || type");
        await database.ExecuteAsync(
            "INSERT INTO consistency_work_history (work_id, number, at, event, step, attempt) SELECT id, 1, now(), 'step-done', 'step-1', 1 FROM consistency_work");
        await database.ExecuteAsync("VACUUM ANALYZE consistency_work, consistency_work_history");
    }

    private sealed class ThreeSteps(KitDb db) : ISaga<ThreeSteps, Start>
    {
        public static SagaDefinition<ThreeSteps, Start> Define(SagaStart<ThreeSteps, Start> saga) => saga
            .Named("three-steps", version: 1)
            .Step(new StepKey("step-1"), run: s => s.RunAsync, undo: s => s.UndoAsync, o => o.CommitsWithProgress = true)
            .Pivot(new StepKey("step-2"), run: s => s.RunAsync, o => o.CommitsWithProgress = true)
            .Retriable(new StepKey("step-3"), run: s => s.RunAsync, o => o.CommitsWithProgress = true)
            .Build();

        // The tables are asked only when this says that the end is near: to ask them costs the server what is measured.
        private static int _ran;

        internal static int Ran
        {
            get => Volatile.Read(ref _ran);
            set => Volatile.Write(ref _ran, value);
        }

        private Task<StepOutcome> RunAsync(SagaContext<Start> context, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _ran);
            db.Effects.Add(new Effect { OrderId = Guid.Parse(context.SagaId), Key = context.Step, Number = context.Input.Number });
            return Task.FromResult(StepOutcome.Done);
        }

        private Task UndoAsync(SagaContext<Start> context, Attempt attempt, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal sealed record Start(int Number);

[JsonSerializable(typeof(Start))]
internal sealed partial class SagaJson : JsonSerializerContext;
