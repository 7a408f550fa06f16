using System.Net;
using System.Net.Sockets;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.CrashShop.Tests;

/// <summary>Two services with a database each, over HTTP: whichever is killed comes back, and both hold the same in the end.</summary>
public sealed class TccServiceCrashTests
{
    private const int Killed = 137;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData("tcc.registered")]
    [InlineData("tcc.decided")]
    [InlineData("tcc.asked")]
    public async Task A_coordinator_that_dies_leaves_both_services_alike(string point)
    {
        await using var shop = await ShopDatabase.CreateAsync("sqlite");
        await using var wallet = await ShopDatabase.CreateAsync("postgres");
        var port = FreePort();
        await using var service = await ServeAsync(wallet, port);
        string[] settings = [$"tccs={TccVerdict.Transactions}", $"wallet=http://127.0.0.1:{port}/wallet"];
        var crash = await shop.RunAsync([.. settings, $"crash-at={point}", "hit=3"]);
        Assert.True(crash.ExitCode == Killed, $"The shop did not die at {point}; exit code {crash.ExitCode}.\n{crash.Output}");
        var again = await shop.RunAsync(settings);
        Assert.True(again.ExitCode == 0, $"The shop did not finish; exit code {again.ExitCode}.\n{again.Output}");
        await TccVerdict.CheckAsync(shop, wallet);
    }

    [Theory]
    [InlineData("barrier.committing", 1)]
    [InlineData("barrier.committing", 4)]
    [InlineData("barrier.committed", 1)]
    public async Task A_participant_that_dies_and_comes_back_is_asked_again(string point, int hit)
    {
        await using var shop = await ShopDatabase.CreateAsync("postgres");
        await using var wallet = await ShopDatabase.CreateAsync("sqlite");
        var port = FreePort();
        await using var doomed = await ServeAsync(wallet, port, $"crash-at={point}", $"hit={hit}");
        var running = shop.RunAsync($"tccs={TccVerdict.Transactions}", $"wallet=http://127.0.0.1:{port}/wallet");
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        Assert.Equal(Killed, await doomed.WaitForExitAsync(patience.Token));
        await using var service = await ServeAsync(wallet, port);
        var life = await running;
        Assert.True(life.ExitCode == 0, $"The shop did not finish; exit code {life.ExitCode}.\n{life.Output}");
        await TccVerdict.CheckAsync(shop, wallet);
    }

    private static async Task<ChildProcess> ServeAsync(ShopDatabase database, int port, params string[] settings)
    {
        var service = database.Start([$"port={port}", .. settings]);
        await service.WaitForLineAsync(line => line == "listening", Patience);
        return service;
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
