using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Consistency.Kit.TestServers.Internal;

namespace Consistency.Kit.TestServers;

/// <summary>A Redis server of our own that a test may kill and start again.</summary>
/// <remarks>
/// It keeps nothing on disk unless told to, so that a restart forgets everything; the port and the directory stay.
/// It ends with this process, however that ends.
/// </remarks>
public sealed class RedisServer : IAsyncDisposable
{
    /// <summary>Names a server to use instead of a private one: <c>host:port</c>.</summary>
    public const string EnvironmentVariable = "CONSISTENCY_REDIS";

    private const int StartAttempts = 5;
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(30);
    private static readonly string? Program = Executable.Find("redis-server");

    private readonly string? _directory;
    private readonly IReadOnlyList<string> _arguments;
    private ChildProcess? _process;

    private RedisServer(string endpoint, string? directory, IReadOnlyList<string> arguments)
    {
        Endpoint = endpoint;
        _directory = directory;
        _arguments = arguments;
    }

    /// <summary>True when <see cref="StartAsync"/> can start a server on this machine.</summary>
    public static bool IsAvailable => MissingReason is null;

    /// <summary>What is missing and how to get it; null when nothing is.</summary>
    public static string? MissingReason => Program is null ? "redis-server is not installed (eng/services.sh)." : null;

    /// <summary>Where clients connect: <c>host:port</c>.</summary>
    public string Endpoint { get; }

    /// <summary>True when this server is ours to kill and restart; false for one that the environment named.</summary>
    public bool CanRestart => _directory is not null;

    /// <summary>Ends the calling test when the server is missing: skipped on a desk, failed when <c>CI=true</c>.</summary>
    /// <exception cref="ServerMissingException">The server is missing.</exception>
    public static void Require()
    {
        if (MissingReason is { } reason)
        {
            throw new ServerMissingException(reason);
        }
    }

    /// <summary>Starts an empty server and returns once it answers.</summary>
    /// <exception cref="ServerMissingException">Redis is not installed.</exception>
    public static async Task<RedisServer> StartAsync(
        RedisServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new RedisServerOptions();
        if (options.AllowExternal && Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } external)
        {
            return new RedisServer(external, null, []);
        }

        Require();
        var directory = TemporaryDirectory.Create("redis");
        for (var attempt = 1; ; attempt++)
        {
            var port = LoopbackPort.Next().ToString(CultureInfo.InvariantCulture);
            var server = new RedisServer($"127.0.0.1:{port}", directory,
            [
                "--port", port, "--bind", "127.0.0.1", "--dir", directory, "--daemonize", "no",
                "--save", "", "--appendonly", "no", .. options.Arguments,
            ]);
            try
            {
                await server.RestartAsync(cancellationToken).ConfigureAwait(false);
                return server;
            }
            catch (PortTakenException) when (attempt < StartAttempts)
            {
                // Somebody took the port between the look and the start.
            }
            catch
            {
                await server.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>Kills the server with SIGKILL; returns once it is gone.</summary>
    /// <exception cref="InvalidOperationException">The server is not ours to kill.</exception>
    public async Task KillAsync()
    {
        _ = OwnDirectory();
        if (_process is { } process)
        {
            await process.DisposeAsync().ConfigureAwait(false);
            _process = null;
        }
    }

    /// <summary>Starts the server again on the same port and directory, killing it first if it runs; returns once it answers.</summary>
    /// <exception cref="InvalidOperationException">The server is not ours to restart.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await KillAsync().ConfigureAwait(false);
        var process = ChildProcess.Start(Program!, _arguments);
        _process = process;
        await Eventually.UntilAsync(
            async () => process.HasExited || await AnswersAsync(cancellationToken).ConfigureAwait(false),
            StartDeadline, "Redis answers", cancellationToken).ConfigureAwait(false);
        if (process.HasExited)
        {
            await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);
            var log = string.Join('\n', process.Lines.Concat(process.ErrorLines).TakeLast(20));
            throw log.Contains("Address already in use", StringComparison.Ordinal)
                ? new PortTakenException(log)
                : new InvalidOperationException($"Redis ended while starting:\n{log}");
        }
    }

    /// <summary>Freezes the server (SIGSTOP): connections stay open and nothing answers.</summary>
    /// <exception cref="InvalidOperationException">The server is not ours, or it was killed.</exception>
    public void Pause() => Running().Stop();

    /// <summary>Lets a paused server go on.</summary>
    /// <exception cref="InvalidOperationException">The server is not ours, or it was killed.</exception>
    public void Resume() => Running().Continue();

    /// <summary>Ends the server and deletes its directory; leaves a server that the environment named alone.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_directory is not null)
        {
            await KillAsync().ConfigureAwait(false);
            TemporaryDirectory.Delete(_directory);
        }
    }

    private string OwnDirectory() =>
        _directory ?? throw new InvalidOperationException($"The server that {EnvironmentVariable} names cannot be stopped; look at CanRestart.");

    private ChildProcess Running()
    {
        _ = OwnDirectory();
        return _process ?? throw new InvalidOperationException("The server was killed.");
    }

    /// <summary>True once a PING is answered, that is, after the data was loaded.</summary>
    private async Task<bool> AnswersAsync(CancellationToken cancellationToken)
    {
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPEndPoint.Parse(Endpoint), cancellationToken).ConfigureAwait(false);
            var stream = client.GetStream();
            await using (stream.ConfigureAwait(false))
            {
                await stream.WriteAsync("PING\r\n"u8.ToArray(), cancellationToken).ConfigureAwait(false);
                var answer = new byte[5];
                await stream.ReadExactlyAsync(answer, cancellationToken).ConfigureAwait(false);
                return answer.AsSpan().SequenceEqual("+PONG"u8);
            }
        }
        catch (Exception exception) when (exception is SocketException or IOException)
        {
            return false;
        }
    }
}
