using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;

namespace Consistency.Kit.PostgreSql.Tests;

/// <summary>
/// Polling is switched off for practical purposes in these tests (half an hour), so a message that arrives was announced.
/// </summary>
public sealed class NotificationTests : IAsyncLifetime
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);
    private PostgresServer? _server;
    private string _connection = "";

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsAvailable)
        {
            _server = await PostgresServer.StartAsync();
            _connection = await _server.CreateDatabaseAsync("wake");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_commit_wakes_the_relay_of_another_process()
    {
        PostgresServer.Require();
        using var owner = await StartAsync(relay: true);
        using var publisher = await StartAsync(relay: false);
        await ListenersAsync(2);

        await PublishAsync(publisher, "k-1");

        await Eventually.UntilAsync(() => Handled(owner).Contains("k-1"), Deadline, "the message at the owner of its shard");
        Assert.Empty(Handled(publisher));
    }

    [Fact]
    public async Task A_lost_connection_is_replaced_and_what_was_committed_meanwhile_is_found()
    {
        PostgresServer.Require();
        using var owner = await StartAsync(relay: true);
        using var publisher = await StartAsync(relay: false);
        await ListenersAsync(2);

        await ExecuteAsync("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'");
        await PublishAsync(publisher, "k-2");

        await Eventually.UntilAsync(() => Handled(owner).Contains("k-2"), Deadline, "the message after the connection came back");
    }

    [Fact]
    public async Task A_rolled_back_publication_is_neither_announced_nor_sent()
    {
        PostgresServer.Require();
        using var owner = await StartAsync(relay: true);
        using var publisher = await StartAsync(relay: false);
        await ListenersAsync(2);

        await using (var scope = publisher.Services.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<WakeDb>();
            await using var transaction = await db.Database.BeginTransactionAsync();
            db.Outbox.Publish(new Ping("lost"), "lost");
            await db.SaveChangesAsync();
            await transaction.RollbackAsync();
        }

        await PublishAsync(publisher, "kept");
        await Eventually.UntilAsync(() => Handled(owner).Contains("kept"), Deadline, "the committed message");
        Assert.Equal(["kept"], Handled(owner));
    }

    private async Task<IHost> StartAsync(bool relay)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddSingleton<ConcurrentQueue<string>>();
        builder.Services.AddDbContext<WakeDb>(options => options.UseNpgsql(_connection));
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<WakeDb>()
            .UsePostgresNotifications()
            .UseJson(WakeJson.Default)
            .AddMessage<Ping>("ping.v1", "pings")
            .AddHandler<Ping, RecordPing>()
            .ConfigureOutbox(outbox =>
            {
                outbox.Relay = relay;
                outbox.LeaseDuration = TimeSpan.FromHours(2);
                outbox.PollInterval = TimeSpan.FromMinutes(30);
            }));
        var host = builder.Build();
        await using (var scope = host.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<WakeDb>().Database.EnsureConsistencyKitCreatedAsync();
        }

        await host.StartAsync();
        if (relay)
        {
            var store = host.Services.GetRequiredService<MessagingStore>();
            await Eventually.UntilAsync(() => Enumerable.Range(0, 16).All(store.Owned.Contains), Deadline, "all shards");
        }

        return host;
    }

    private static async Task PublishAsync(IHost host, string key)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<WakeDb>();
        db.Outbox.Publish(new Ping(key), key);
        await db.SaveChangesAsync();
    }

    private Task ListenersAsync(int count) => Eventually.UntilAsync(
        async () =>
        {
            await using var connection = new NpgsqlConnection(_connection);
            await connection.OpenAsync();
            await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'", connection);
            return (long)(await command.ExecuteScalarAsync())! == count;
        },
        Deadline,
        $"{count} listening connections");

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_connection);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    private static string[] Handled(IHost host) => [.. host.Services.GetRequiredService<ConcurrentQueue<string>>()];

    private sealed class RecordPing(ConcurrentQueue<string> handled) : IMessageHandler<Ping>
    {
        public Task HandleAsync(Ping message, MessageContext context, CancellationToken cancellationToken)
        {
            handled.Enqueue(message.Text);
            return Task.CompletedTask;
        }
    }
}

public sealed class WakeDb(DbContextOptions<WakeDb> options) : DbContext(options);

public sealed record Ping(string Text);

[JsonSerializable(typeof(Ping))]
public sealed partial class WakeJson : JsonSerializerContext;
