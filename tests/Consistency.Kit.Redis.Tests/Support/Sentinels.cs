using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.Redis.Tests.Support;

/// <summary>Sentinels that watch one primary and fail it over within a second or two.</summary>
internal sealed class Sentinels : IAsyncDisposable
{
    private const string Program = "/usr/bin/redis-sentinel";

    private readonly List<ChildProcess> _processes = [];
    private readonly List<int> _ports = [];
    private readonly string _directory = Directory.CreateTempSubdirectory("sentinels").FullName;

    internal static bool IsAvailable => File.Exists(Program);

    /// <param name="primary">The primary's address.</param>
    internal static async Task<Sentinels> StartAsync(string primary)
    {
        var sentinels = new Sentinels();
        var (host, port) = (primary.Split(':')[0], primary.Split(':')[1]);
        for (var number = 0; number < 3; number++)
        {
            var own = FreePort();
            var file = Path.Combine(sentinels._directory, $"{number}.conf");
            await File.WriteAllTextAsync(
                file,
                $"""
                port {own}
                bind 127.0.0.1
                dir {sentinels._directory}
                sentinel monitor shop {host} {port} 2
                sentinel down-after-milliseconds shop 500
                sentinel failover-timeout shop 3000
                """);
            sentinels._ports.Add(own);
            sentinels._processes.Add(ChildProcess.Start(Program, [file]));
        }

        await Eventually.UntilAsync(
            async () => (await sentinels.AskAsync("SENTINEL CKQUORUM shop")).StartsWith("+OK 3", StringComparison.Ordinal)
                && (await sentinels.AskAsync("SENTINEL REPLICAS shop")).Contains("slave", StringComparison.Ordinal),
            TimeSpan.FromSeconds(60),
            "the sentinels know each other and a replica");
        return sentinels;
    }

    /// <summary>The address of the primary that they agree on.</summary>
    internal async Task<string> PrimaryAsync()
    {
        var answer = (await AskAsync("SENTINEL GET-MASTER-ADDR-BY-NAME shop")).Split("\r\n");
        return $"{answer[2]}:{answer[4]}";
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }

        Directory.Delete(_directory, recursive: true);
    }

    private async Task<string> AskAsync(string question)
    {
        using var client = new TcpClient();
        await client.ConnectAsync("127.0.0.1", _ports[0]);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(question + "\r\n"));
        var answer = new byte[64 * 1024];
        return Encoding.ASCII.GetString(answer, 0, await stream.ReadAsync(answer));
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(System.Net.IPAddress.Loopback, 0);
        listener.Start();
        return int.Parse(listener.LocalEndpoint.ToString()!.Split(':')[1], CultureInfo.InvariantCulture);
    }
}
