using System.Net.Http.Headers;
using System.Text;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>What a key costs an order that comes by HTTP, and what a repeat costs.</summary>
internal sealed class IdempotencyKeys : IScenario
{
    private const int Workers = 32;
    private const int Orders = 6_000;
    private const int Repeats = 10_000;
    private const int Keys = 1_000;

    public string Name => "idempotency";

    public string Summary => "an order by HTTP with a key against one without; a repeat against a select of one row; keys in Redis against scripts by hand";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        if (context.Runs("idem"))
        {
            await InsertsAsync(context, cancellationToken);
        }

        if (context.Runs("replay"))
        {
            await RepeatsAsync(context, cancellationToken);
        }

        if (context.Runs("redis"))
        {
            await RedisKeys.RunAsync(context, cancellationToken);
        }
    }

    private static async Task InsertsAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var kitDatabase = await context.CreateDatabaseAsync("kit", cancellationToken);
        var handDatabase = await context.CreateDatabaseAsync("hand", cancellationToken);
        await using var kit = await WebShop.WithKeysAsync(kitDatabase, cancellationToken);
        await using var hand = await WebShop.WithoutAsync(handDatabase, cancellationToken);
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Workers });

        var keyed = new Side("with a key", () => OrderAsync(context, client, kit.Orders, kitDatabase, "orders, consistency_idempotency"));
        var plain = new Side("without", () => OrderAsync(context, client, hand.Orders, handDatabase, "orders"));
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [keyed, plain], cancellationToken);
        alternation.PrintRatio("idem_ratio", keyed, plain);
        alternation.PrintRate("idem_orders_per_s", keyed);
        alternation.PrintRate("plain_orders_per_s", plain);
        alternation.PrintCpu("idem", keyed);
        alternation.PrintCpu("plain", plain);
    }

    /// <summary>The same client and the same bytes on both sides; one of them ignores the header.</summary>
    private static async Task<Sample> OrderAsync(LoadContext context, HttpClient client, Uri orders, Database database, string tables)
    {
        await database.ExecuteAsync($"TRUNCATE {tables}");
        return await context.Meter.MeasureAsync(Workers, Orders, async i =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, orders) { Content = new ByteArrayContent(Encoding.UTF8.GetBytes($"{{\"number\":{i}}}")) };
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
            request.Headers.TryAddWithoutValidation("Idempotency-Key", Guid.NewGuid().ToString());
            using var response = await client.SendAsync(request);
            response.EnsureSuccessStatusCode();
            await response.Content.CopyToAsync(Stream.Null);
        });
    }

    private static async Task RepeatsAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var database = await context.CreateDatabaseAsync("replay", cancellationToken);
        using var host = await Shops.WithKitAsync(database, kit => kit.ConfigureOutbox(outbox => outbox.Relay = false).ConfigureInbox(inbox => inbox.Consume = false), pooled: true);
        var atomic = host.Services.GetRequiredService<IdempotencyEngines>().Of(typeof(KitDb)).Store.Atomic!;
        var keys = Enumerable.Range(0, Keys).Select(i => new IdempotencyKey($"key-{i}", "POST /orders", "ann")).ToArray();
        foreach (var key in keys)
        {
            await using var scope = host.Services.CreateAsyncScope();
            await atomic.ExecuteAsync(scope.ServiceProvider, key, (attempt, token) => attempt.CommitAsync(Fingerprint.None, new byte[300], TimeSpan.FromDays(1), token).AsTask(), cancellationToken);
        }

        var repeat = new Side("repeat", () => context.Meter.MeasureAsync(Workers, Repeats, async i =>
        {
            await using var scope = host.Services.CreateAsyncScope();
            if (await atomic.ExecuteAsync(scope.ServiceProvider, keys[i % Keys], NeverAsync, cancellationToken) is not AtomicOutcome.Found)
            {
                throw new InvalidOperationException("The key was not found.");
            }
        }));

        // As the kit's side has to: a scope, its context, and the context's connection.
        var select = new Side("select in a scope", () => context.Meter.MeasureAsync(Workers, Repeats, i => Shops.InScopeAsync<KitDb>(host, async db =>
        {
            await db.Database.OpenConnectionAsync(cancellationToken);
            await SelectAsync((NpgsqlConnection)db.Database.GetDbConnection(), keys[i % Keys], cancellationToken);
        })));
        var bare = new Side("bare select", () => context.Meter.MeasureAsync(Workers, Repeats, async i =>
        {
            await using var connection = await database.OpenAsync();
            await SelectAsync(connection, keys[i % Keys], cancellationToken);
        }));
        var alternation = await Alternation.RunAsync(context.Options.Pairs, [repeat, select, bare], cancellationToken);
        alternation.PrintRatio("replay_ratio", repeat, bare);
        alternation.PrintRatio("replay_scope_ratio", repeat, select);
        alternation.PrintRate("replays_per_s", repeat);
        alternation.PrintRate("selects_per_s", bare);
        alternation.PrintRate("scope_selects_per_s", select);
    }

    private static Task NeverAsync(IAtomicAttempt attempt, CancellationToken cancellationToken) => throw new InvalidOperationException("A repeat runs nothing.");

    private static async Task SelectAsync(NpgsqlConnection connection, IdempotencyKey key, CancellationToken cancellationToken)
    {
        await using var command = Database.Command(connection, "SELECT fingerprint, answer, completed_at FROM consistency_idempotency WHERE key = $1");
        command.Parameters.Add(new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = key.Hash });
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        await reader.ReadAsync(cancellationToken);
        _ = reader.GetFieldValue<byte[]>(1);
    }
}
