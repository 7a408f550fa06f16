using Consistency.Kit.TestServers;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Tests.Support;

/// <summary>One server for the tests of an assembly that do not break it.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private RedisServer? _server;

    public string Endpoint => _server?.Endpoint ?? throw new InvalidOperationException("The server is missing.");

    public async ValueTask InitializeAsync()
    {
        if (RedisServer.IsAvailable)
        {
            _server = await RedisServer.StartAsync(new RedisServerOptions { AllowExternal = true });
        }
    }

    public ValueTask DisposeAsync() => _server?.DisposeAsync() ?? ValueTask.CompletedTask;

    internal static async Task<IDatabase> DatabaseAsync(string endpoint) => (await ConnectionMultiplexer.ConnectAsync(endpoint)).GetDatabase();
}
