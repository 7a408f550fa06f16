using Npgsql;

namespace Consistency.Kit.TestServers.Tests;

public sealed class PostgresServerTests : IAsyncLifetime
{
    private PostgresServer? _server;

    private PostgresServer Server
    {
        get
        {
            PostgresServer.Require();
            return _server!;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (PostgresServer.IsAvailable)
        {
            _server = await PostgresServer.StartAsync(cancellationToken: TestContext.Current.CancellationToken);
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
    public async Task Each_database_is_empty_and_its_own()
    {
        var first = await Server.CreateDatabaseAsync("fresh", TestContext.Current.CancellationToken);
        var second = await Server.CreateDatabaseAsync("fresh", TestContext.Current.CancellationToken);

        await ExecuteAsync(first, "CREATE TABLE t (id int)");

        Assert.Equal(1L, await ScalarAsync(first, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
        Assert.Equal(0L, await ScalarAsync(second, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"));
    }

    [Fact]
    public async Task Commits_are_durable()
    {
        Assert.Equal("on", await ScalarAsync(Server.ConnectionString("postgres"), "SHOW fsync"));
        Assert.Equal("on", await ScalarAsync(Server.ConnectionString("postgres"), "SHOW synchronous_commit"));
    }

    [Fact]
    public async Task What_was_committed_survives_a_kill_and_what_was_not_does_not()
    {
        var database = await Server.CreateDatabaseAsync("crash", TestContext.Current.CancellationToken);
        await ExecuteAsync(database, "CREATE TABLE t (id int); INSERT INTO t VALUES (1)");
        await using var open = new NpgsqlConnection(database);
        await open.OpenAsync(TestContext.Current.CancellationToken);
        await using var transaction = await open.BeginTransactionAsync(TestContext.Current.CancellationToken);
        await using var insert = new NpgsqlCommand("INSERT INTO t VALUES (2)", open, transaction);
        await insert.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);

        await Server.KillAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => ScalarAsync(database, "SELECT 1"));
        await Server.RestartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(1L, await ScalarAsync(database, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task A_busy_backend_dies_with_the_server()
    {
        var database = await Server.CreateDatabaseAsync("busy", TestContext.Current.CancellationToken);
        await ExecuteAsync(database, "CREATE TABLE t (id int)");

        // One statement that would run for half a minute and then commit.
        var late = ExecuteAsync(database, "INSERT INTO t SELECT 1 FROM generate_series(1, 300) AS s WHERE pg_sleep(0.1) IS NOT NULL");
        await Eventually.UntilAsync(
            async () => await ScalarAsync(database, "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'INSERT INTO t SELECT%'") is 1L,
            TimeSpan.FromSeconds(20),
            "the insert runs",
            TestContext.Current.CancellationToken);
        await Server.KillAsync();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => late);
        await Server.RestartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0L, await ScalarAsync(database, "SELECT count(*) FROM t"));
    }

    [Fact]
    public async Task A_stopped_server_starts_again_on_its_port()
    {
        var port = Server.Port;
        await Server.StopAsync(TestContext.Current.CancellationToken);
        await Server.RestartAsync(TestContext.Current.CancellationToken);

        Assert.Equal(port, Server.Port);
        Assert.Equal(1, await ScalarAsync(Server.ConnectionString("postgres"), "SELECT 1"));
    }

    [Fact]
    public async Task Settings_of_the_caller_win()
    {
        PostgresServer.Require();
        var options = new PostgresServerOptions { Settings = { ["synchronous_commit"] = "off", ["shared_buffers"] = "16MB" } };
        await using var server = await PostgresServer.StartAsync(options, TestContext.Current.CancellationToken);

        Assert.Equal("off", await ScalarAsync(server.ConnectionString("postgres"), "SHOW synchronous_commit"));
        Assert.Equal("16MB", await ScalarAsync(server.ConnectionString("postgres"), "SHOW shared_buffers"));
    }

    [Fact]
    public async Task A_setting_that_is_wrong_is_told_from_the_servers_log()
    {
        PostgresServer.Require();
        var options = new PostgresServerOptions { Settings = { ["no_such_setting"] = "1" } };

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(
            () => PostgresServer.StartAsync(options, TestContext.Current.CancellationToken));

        Assert.Contains("no_such_setting", exception.Message, StringComparison.Ordinal);
    }

    private static async Task ExecuteAsync(string database, string sql) => await ScalarAsync(database, sql);

    private static async Task<object?> ScalarAsync(string database, string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(database) { Pooling = false }.ConnectionString);
        await connection.OpenAsync(TestContext.Current.CancellationToken);
        await using var command = new NpgsqlCommand(sql, connection);
        return await command.ExecuteScalarAsync(TestContext.Current.CancellationToken);
    }
}
