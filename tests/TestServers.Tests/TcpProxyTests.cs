using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace Consistency.Kit.TestServers.Tests;

public sealed class TcpProxyTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bytes_pass_both_ways_unchanged()
    {
        using var echo = new EchoServer();
        await using var proxy = TcpProxy.Start("127.0.0.1", echo.Port);
        using var client = await ConnectAsync(proxy);
        var sent = new byte[1_000_000];
        Random.Shared.NextBytes(sent);

        var writing = client.GetStream().WriteAsync(sent, Cancellation).AsTask();
        var received = new byte[sent.Length];
        await client.GetStream().ReadExactlyAsync(received, Cancellation);
        await writing;

        Assert.Equal(sent, received);
    }

    [Fact]
    public async Task Cut_breaks_connections_and_refuses_new_ones_until_restored()
    {
        using var echo = new EchoServer();
        await using var proxy = TcpProxy.Start("127.0.0.1", echo.Port);
        using var client = await ConnectAsync(proxy);
        Assert.Equal(7, await EchoAsync(client, 7));

        proxy.Cut();

        await Assert.ThrowsAnyAsync<IOException>(() => EchoAsync(client, 8));
        await Assert.ThrowsAnyAsync<SocketException>(() => ConnectAsync(proxy));
        proxy.Restore();
        using var again = await ConnectAsync(proxy);
        Assert.Equal(9, await EchoAsync(again, 9));
    }

    [Fact]
    public async Task The_port_stays_over_many_cuts()
    {
        using var echo = new EchoServer();
        await using var proxy = TcpProxy.Start("127.0.0.1", echo.Port);
        var port = proxy.Port;
        for (byte i = 0; i < 20; i++)
        {
            using var client = await ConnectAsync(proxy);
            Assert.Equal(i, await EchoAsync(client, i));
            proxy.Cut();
            proxy.Restore();
        }

        Assert.Equal(port, proxy.Port);
    }

    [Fact]
    public async Task A_database_goes_away_and_comes_back()
    {
        await using var server = await PostgresServer.StartAsync(cancellationToken: Cancellation);
        await using var proxy = TcpProxy.Start("127.0.0.1", server.Port!.Value);
        await using var source = NpgsqlDataSource.Create(
            new NpgsqlConnectionStringBuilder(server.ConnectionString("postgres")) { Port = proxy.Port }.ConnectionString);
        await using var select = source.CreateCommand("SELECT 1");
        Assert.Equal(1, await select.ExecuteScalarAsync(Cancellation));

        proxy.Cut();
        await Assert.ThrowsAnyAsync<NpgsqlException>(() => select.ExecuteScalarAsync(Cancellation));
        proxy.Restore();

        Assert.Equal(1, await select.ExecuteScalarAsync(Cancellation));
    }

    private static async Task<TcpClient> ConnectAsync(TcpProxy proxy)
    {
        var client = new TcpClient();
        try
        {
            await client.ConnectAsync(IPAddress.Loopback, proxy.Port, Cancellation);
            return client;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task<byte> EchoAsync(TcpClient client, byte value)
    {
        var bytes = new[] { value };
        await client.GetStream().WriteAsync(bytes, Cancellation);
        await client.GetStream().ReadExactlyAsync(bytes, Cancellation);
        return bytes[0];
    }

    private sealed class EchoServer : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public EchoServer()
        {
            _listener.Start();
            Port = ((IPEndPoint)_listener.LocalEndpoint).Port;
            _ = AcceptAsync();
        }

        public int Port { get; }

        public void Dispose() => _listener.Dispose();

        private async Task AcceptAsync()
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(Cancellation);
                _ = client.GetStream().CopyToAsync(client.GetStream(), Cancellation);
            }
        }
    }
}
