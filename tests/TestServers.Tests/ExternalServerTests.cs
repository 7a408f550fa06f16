namespace Consistency.Kit.TestServers.Tests;

/// <summary>Servers that the environment names: used when allowed, never stopped.</summary>
public sealed class ExternalServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_named_database_server_is_used_only_when_allowed_and_never_stopped()
    {
        await using var named = await PostgresServer.StartAsync(cancellationToken: Cancellation);
        using var environment = new Variable(PostgresServer.EnvironmentVariable, named.ConnectionString("postgres"));

        await using (var external = await PostgresServer.StartAsync(new PostgresServerOptions { AllowExternal = true }, Cancellation))
        {
            Assert.False(external.CanRestart);
            Assert.Contains($"Port={named.Port}", await external.CreateDatabaseAsync("external", Cancellation), StringComparison.Ordinal);
            await Assert.ThrowsAsync<InvalidOperationException>(external.KillAsync);
        }

        await named.CreateDatabaseAsync("still_there", Cancellation);
        await using var own = await PostgresServer.StartAsync(cancellationToken: Cancellation);
        Assert.NotEqual(named.Port, own.Port);
    }

    [Fact]
    public async Task A_named_Redis_is_used_only_when_allowed_and_never_stopped()
    {
        using var environment = new Variable(RedisServer.EnvironmentVariable, "127.0.0.1:1");

        await using var external = await RedisServer.StartAsync(new RedisServerOptions { AllowExternal = true }, Cancellation);
        Assert.Equal("127.0.0.1:1", external.Endpoint);
        Assert.False(external.CanRestart);
        await Assert.ThrowsAsync<InvalidOperationException>(external.KillAsync);
        await using var own = await RedisServer.StartAsync(cancellationToken: Cancellation);
        Assert.NotEqual(external.Endpoint, own.Endpoint);
    }

    private sealed class Variable : IDisposable
    {
        private readonly string _name;
        private readonly string? _before;

        public Variable(string name, string value)
        {
            _name = name;
            _before = Environment.GetEnvironmentVariable(name);
            Environment.SetEnvironmentVariable(name, value);
        }

        public void Dispose() => Environment.SetEnvironmentVariable(_name, _before);
    }
}
