using System.Globalization;
using Npgsql;

namespace Consistency.Kit.TestServers.Internal;

/// <summary>The processes of one private PostgreSQL server.</summary>
internal sealed class PostgresProcess(
    PostgresBinaries binaries, string directory, int port, IDictionary<string, string> settings) : IAsyncDisposable
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopDeadline = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan QuitDeadline = TimeSpan.FromSeconds(10);

    private readonly string _data = Path.Combine(directory, "data");
    private readonly string _log = Path.Combine(directory, "run", "server.log");
    private ChildProcess? _postmaster;

    public int Port => port;

    public string ConnectionString { get; } = new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = "postgres",
        Database = "postgres",
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
        IncludeErrorDetail = true,
    }.ConnectionString;

    /// <summary>Returns once the server accepts connections, after crash recovery if there is something to recover.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        // SIGQUIT is PostgreSQL's immediate shutdown: it takes its backends and shared memory with it.
        var launch = Launch.Bound(
            "/bin/sh",
            ["-c", "exec \"$@\" >>\"$0\" 2>&1 </dev/null", _log, binaries.Postgres, "-D", _data, .. Arguments()],
            PostgresBinaries.User,
            signal: "QUIT");
        var postmaster = ChildProcess.Start(launch, "postgres");
        _postmaster = postmaster;
        await Eventually.UntilAsync(
            () => postmaster.HasExited || IsReady(postmaster.Id), StartDeadline, $"PostgreSQL is ready; its log is {_log}", cancellationToken)
            .ConfigureAwait(false);
        if (postmaster.HasExited)
        {
            var log = string.Join('\n', (await File.ReadAllLinesAsync(_log, cancellationToken).ConfigureAwait(false)).TakeLast(20));
            throw log.Contains("Address already in use", StringComparison.Ordinal)
                ? new PortTakenException(log)
                : new InvalidOperationException($"PostgreSQL ended while starting:\n{log}");
        }
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        if (_postmaster is { } postmaster)
        {
            Signals.Send(postmaster.Id, Signals.Interrupt);
            await postmaster.WaitForExitAsync(cancellationToken).WaitAsync(StopDeadline, cancellationToken).ConfigureAwait(false);
            await ForgetAsync(postmaster).ConfigureAwait(false);
        }
    }

    public async Task KillAsync()
    {
        if (_postmaster is not { } postmaster)
        {
            return;
        }

        // Frozen first, so that it starts no process while its children are listed.
        postmaster.Stop();
        var children = ProcessTree.ChildrenOf(postmaster.Id);
        Signals.Send(postmaster.Id, Signals.Kill);
        foreach (var child in children)
        {
            Signals.Send(child, Signals.Kill);
        }

        await postmaster.WaitForExitAsync().ConfigureAwait(false);
        await Eventually.UntilAsync(
            () => !children.Any(ProcessTree.IsRunning), StopDeadline, "PostgreSQL's processes are gone").ConfigureAwait(false);
        await ForgetAsync(postmaster).ConfigureAwait(false);
    }

    /// <summary>Ends the server without a checkpoint and deletes its data.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_postmaster is { } postmaster)
        {
            Signals.Send(postmaster.Id, Signals.Quit);
            try
            {
                await postmaster.WaitForExitAsync().WaitAsync(QuitDeadline).ConfigureAwait(false);
                await ForgetAsync(postmaster).ConfigureAwait(false);
            }
            catch (TimeoutException)
            {
                await KillAsync().ConfigureAwait(false);
            }
        }

        TemporaryDirectory.Delete(directory);
    }

    private async Task ForgetAsync(ChildProcess postmaster)
    {
        await postmaster.DisposeAsync().ConfigureAwait(false);
        _postmaster = null;
    }

    private IEnumerable<string> Arguments()
    {
        var all = new Dictionary<string, string>
        {
            ["listen_addresses"] = "127.0.0.1",
            ["port"] = port.ToString(CultureInfo.InvariantCulture),
            ["unix_socket_directories"] = Path.Combine(directory, "run"),
            ["max_connections"] = "200",
            ["shared_buffers"] = "128MB",
            ["fsync"] = "on",
            ["synchronous_commit"] = "on",
        };
        if (binaries.HasLibrary("pg_stat_statements"))
        {
            all["shared_preload_libraries"] = "pg_stat_statements";
        }

        foreach (var (name, value) in settings)
        {
            all[name] = value;
        }

        return all.SelectMany(setting => new[] { "-c", $"{setting.Key}={setting.Value}" });
    }

    /// <summary>The postmaster writes its state into the eighth line of its pid file.</summary>
    private bool IsReady(int postmaster)
    {
        var lines = File.ReadAllLines(Path.Combine(_data, "postmaster.pid"));
        return lines.Length >= 8
            && lines[0] == postmaster.ToString(CultureInfo.InvariantCulture)
            && lines[7].Trim() == "ready";
    }
}
