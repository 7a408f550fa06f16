using Consistency.Kit.TestServers;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Support;

/// <summary>One server for the tests of an assembly that do not break it.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private readonly Lazy<IConnectionMultiplexer> _connection;
    private RedisServer? _server;

    public RedisFixture() => _connection = new(() => ConnectionMultiplexer.Connect(Endpoint));

    public string Endpoint => _server?.Endpoint ?? throw new InvalidOperationException("The server is missing.");

    public async ValueTask InitializeAsync()
    {
        if (RedisServer.IsAvailable)
        {
            _server = await RedisServer.StartAsync(new RedisServerOptions { AllowExternal = true });
        }
    }

    /// <summary>One connection for all stores that do not test it.</summary>
    public IConnectionMultiplexer Connection => _connection.Value;

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal static async Task<IDatabase> DatabaseAsync(string endpoint) => (await ConnectionMultiplexer.ConnectAsync(endpoint)).GetDatabase();
}
