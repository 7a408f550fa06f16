using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Consistency.Kit.TestServers.Tests;

public sealed class RedisServerTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_restarted_server_has_its_endpoint_and_forgot_everything()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);
        Assert.Equal("+OK", await AskAsync(server, "SET key value"));

        await server.KillAsync();
        await Assert.ThrowsAnyAsync<SocketException>(() => AskAsync(server, "PING"));
        await server.RestartAsync(Cancellation);

        Assert.Equal("$-1", await AskAsync(server, "GET key"));
    }

    [Fact]
    public async Task A_server_that_appends_every_write_remembers_over_a_kill()
    {
        var options = new RedisServerOptions { Arguments = { "--appendonly", "yes", "--appendfsync", "always" } };
        await using var server = await RedisServer.StartAsync(options, Cancellation);
        Assert.Equal("+OK", await AskAsync(server, "SET key value"));

        await server.RestartAsync(Cancellation);

        Assert.Equal("$5", await AskAsync(server, "GET key"));
    }

    [Fact]
    public async Task A_paused_server_answers_after_it_was_resumed()
    {
        await using var server = await RedisServer.StartAsync(cancellationToken: Cancellation);

        server.Pause();
        var waiting = AskAsync(server, "PING");
        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WaitAsync(TimeSpan.FromMilliseconds(300), Cancellation));
        server.Resume();

        Assert.Equal("+PONG", await waiting);
    }

    [Fact]
    public async Task An_argument_that_is_wrong_is_told_from_the_servers_output()
    {
        var options = new RedisServerOptions { Arguments = { "--no-such-setting", "1" } };

        var exception = await Assert.ThrowsAsync<InvalidOperationException>(() => RedisServer.StartAsync(options, Cancellation));

        Assert.Contains("no-such-setting", exception.Message, StringComparison.Ordinal);
    }

    private static async Task<string?> AskAsync(RedisServer server, string command)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(IPEndPoint.Parse(server.Endpoint), Cancellation);
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(command + "\r\n"), Cancellation);
        using var reader = new StreamReader(stream);
        return await reader.ReadLineAsync(Cancellation);
    }
}
