using System.Net;
using System.Net.Sockets;
using Consistency.Kit.TestServers.Internal;

namespace Consistency.Kit.TestServers;

/// <summary>A loopback proxy that makes a server go away and come back without touching it.</summary>
public sealed class TcpProxy : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly string _targetHost;
    private readonly int _targetPort;
    private Socket? _listener;
    private bool _disposed;

    private TcpProxy(string targetHost, int targetPort)
    {
        _targetHost = targetHost;
        _targetPort = targetPort;
    }

    /// <summary>The port it listens on at 127.0.0.1; the same after every <see cref="Restore"/>.</summary>
    public int Port { get; private set; }

    /// <summary>Starts forwarding to a server, which need not run yet.</summary>
    public static TcpProxy Start(string targetHost, int targetPort)
    {
        const int attempts = 5;
        var proxy = new TcpProxy(targetHost, targetPort);
        for (var attempt = 1; ; attempt++)
        {
            proxy.Port = LoopbackPort.Next();
            try
            {
                proxy.Restore();
                return proxy;
            }
            catch (SocketException) when (attempt < attempts)
            {
                // Somebody took the port between the look and the start.
            }
        }
    }

    /// <summary>Resets every connection and refuses new ones. Bytes already on their way are lost. Does nothing when cut.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            _listener?.Dispose();
            _listener = null;
            foreach (var socket in _sockets)
            {
                Reset(socket);
            }

            _sockets.Clear();
        }
    }

    /// <summary>Accepts connections again on the same port. Does nothing when not cut.</summary>
    public void Restore()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_listener is not null)
            {
                return;
            }

            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            try
            {
                listener.Bind(new IPEndPoint(IPAddress.Loopback, Port));
                listener.Listen();
            }
            catch
            {
                listener.Dispose();
                throw;
            }

            _listener = listener;
            _ = AcceptAsync(listener);
        }
    }

    /// <summary>Cuts for good.</summary>
    public ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            _disposed = true;
            Cut();
        }

        return ValueTask.CompletedTask;
    }

    private async Task AcceptAsync(Socket listener)
    {
        try
        {
            while (true)
            {
                var client = await listener.AcceptAsync().ConfigureAwait(false);
                _ = ServeAsync(listener, client);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut.
        }
    }

    private async Task ServeAsync(Socket listener, Socket client)
    {
        var server = new Socket(SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (!Track(listener, client, server))
            {
                return;
            }

            await server.ConnectAsync(_targetHost, _targetPort).ConfigureAwait(false);
            client.NoDelay = true;
            server.NoDelay = true;
            await Task.WhenAll(CopyAsync(client, server), CopyAsync(server, client)).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Cut, or one side reset the connection: the other side is reset below.
        }
        finally
        {
            lock (_gate)
            {
                _sockets.Remove(client);
                _sockets.Remove(server);
            }

            Reset(client);
            Reset(server);
        }
    }

    /// <summary>False when the proxy was cut after the connection was accepted.</summary>
    private bool Track(Socket listener, Socket client, Socket server)
    {
        lock (_gate)
        {
            return ReferenceEquals(_listener, listener) && _sockets.Add(client) && _sockets.Add(server);
        }
    }

    /// <summary>Passes bytes on until the sender closes its side; resets both on an error, so that the other direction ends too.</summary>
    private static async Task CopyAsync(Socket from, Socket to)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer).ConfigureAwait(false) is var count and > 0)
            {
                for (var sent = 0; sent < count;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent)).ConfigureAwait(false);
                }
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch
        {
            Reset(from);
            Reset(to);
            throw;
        }
    }

    private static void Reset(Socket socket)
    {
        try
        {
            // Linger 0: close sends RST, so that the peer sees a broken connection and not an orderly end.
            socket.LingerState = new LingerOption(true, 0);
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // Already closed.
        }

        socket.Dispose();
    }
}
