using System.Net;
using System.Net.Sockets;

namespace Shop.Drills;

/// <summary>Finds a port for a process that is killed and comes back.</summary>
internal static class LocalPort
{
    // Below those that the system gives to outgoing connections: while the process is away, one of them would take its port,
    // or a caller who tries to reach it would be connected to itself.
    private const int First = 12_000;
    private const int End = 32_000;

    internal static int Free()
    {
        while (true)
        {
            var port = Random.Shared.Next(First, End);
            try
            {
                using var socket = new TcpListener(IPAddress.Loopback, port);
                socket.Start();
                return port;
            }
            catch (SocketException)
            {
                // Taken: another one.
            }
        }
    }
}
