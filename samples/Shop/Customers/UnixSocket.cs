using System.Net.Sockets;

namespace Shop.Customers;

/// <summary>Sends HTTP over a Unix socket, which a new process may take over from a killed one.</summary>
internal static class UnixSocket
{
    internal static SocketsHttpHandler CreateHandler(string path) => new() { ConnectCallback = (_, token) => ConnectAsync(path, token) };

    private static async ValueTask<Stream> ConnectAsync(string path, CancellationToken cancellationToken)
    {
        var connection = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await connection.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellationToken);
            return new NetworkStream(connection, ownsSocket: true);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
