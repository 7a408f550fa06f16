using System.Net;
using System.Net.Sockets;

namespace Consistency.Kit.TestServers.Internal;

internal static class LoopbackPort
{
    private const int First = 15_000;

    /// <summary>Below every system's usual range for outgoing connections, so that a server that is down does not lose its port to one.</summary>
    private const int End = 32_000;

    /// <summary>A port nobody listens on now. Another process may still take it first: callers try again with another.</summary>
    public static int Next()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
                return port;
            }
            catch (SocketException)
            {
                // Taken: try the next one.
            }
        }
    }
}
