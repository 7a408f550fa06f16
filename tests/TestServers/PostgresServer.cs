using System.Globalization;
using Consistency.Kit.TestServers.Internal;
using Npgsql;

namespace Consistency.Kit.TestServers;

/// <summary>A PostgreSQL server of our own, with durable commits, that a test may kill and start again.</summary>
/// <remarks>
/// Every server has its own data directory and loopback port; both stay the same over a restart. The server ends with
/// this process, however that ends. fsync and synchronous_commit are on: what was committed is there after a kill.
/// </remarks>
public sealed class PostgresServer : IAsyncDisposable
{
    /// <summary>Names a server to use instead of a private one: a connection string of a role that may create databases.</summary>
    public const string EnvironmentVariable = "CONSISTENCY_POSTGRES";

    private const int StartAttempts = 5;
    private static readonly PostgresBinaries? Binaries = PostgresBinaries.Find();
    private static int _databases;

    private readonly PostgresProcess? _process;
    private readonly string _connectionString;

    private PostgresServer(PostgresProcess? process, string connectionString)
    {
        _process = process;
        _connectionString = connectionString;
    }

    /// <summary>True when <see cref="StartAsync"/> can start a server on this machine.</summary>
    public static bool IsAvailable => MissingReason is null;

    /// <summary>What is missing and how to get it; null when nothing is.</summary>
    public static string? MissingReason => Binaries is null
        ? "PostgreSQL is not installed: no initdb and postgres in /usr/lib/postgresql/*/bin or on the path (eng/services.sh)."
        : PostgresBinaries.MissingUser;

    /// <summary>True when this server is ours to kill and restart; false for one that the environment named.</summary>
    public bool CanRestart => _process is not null;

    /// <summary>The port it listens on at 127.0.0.1; null for a server that the environment named.</summary>
    public int? Port => _process?.Port;

    /// <summary>Ends the calling test when the server is missing: skipped on a desk, failed when <c>CI=true</c>.</summary>
    /// <exception cref="ServerMissingException">The server is missing.</exception>
    public static void Require()
    {
        if (MissingReason is { } reason)
        {
            throw new ServerMissingException(reason);
        }
    }

    /// <summary>Creates an empty server and returns once it answers.</summary>
    /// <exception cref="ServerMissingException">PostgreSQL is not installed.</exception>
    public static async Task<PostgresServer> StartAsync(
        PostgresServerOptions? options = null, CancellationToken cancellationToken = default)
    {
        options ??= new PostgresServerOptions();
        if (options.AllowExternal && Environment.GetEnvironmentVariable(EnvironmentVariable) is { Length: > 0 } external)
        {
            return new PostgresServer(null, external);
        }

        Require();
        var directory = await Binaries!.InitializeAsync(cancellationToken).ConfigureAwait(false);
        for (var attempt = 1; ; attempt++)
        {
            var process = new PostgresProcess(Binaries, directory, LoopbackPort.Next(), options.Settings);
            try
            {
                await process.StartAsync(cancellationToken).ConfigureAwait(false);
                return new PostgresServer(process, process.ConnectionString);
            }
            catch (PortTakenException) when (attempt < StartAttempts)
            {
                // Somebody took the port between the look and the start.
            }
            catch
            {
                await process.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }
    }

    /// <summary>A connection string for a database of this server; the database need not exist yet.</summary>
    public string ConnectionString(string database) =>
        new NpgsqlConnectionStringBuilder(_connectionString) { Database = database }.ConnectionString;

    /// <summary>Creates an empty database with a name nobody else has.</summary>
    /// <param name="prefix">How its name begins; lower case letters, digits and underscores.</param>
    /// <param name="cancellationToken">Cancels the statement.</param>
    /// <returns>The database's connection string.</returns>
    public async Task<string> CreateDatabaseAsync(string prefix, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(prefix);
        if (!prefix.All(letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter == '_'))
        {
            throw new ArgumentException("Use lower case letters, digits and underscores.", nameof(prefix));
        }

        var name = string.Create(
            CultureInfo.InvariantCulture,
            $"{prefix}_{Environment.ProcessId}_{Interlocked.Increment(ref _databases)}_{Random.Shared.Next(0x10000):x4}");
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(_connectionString) { Pooling = false }.ConnectionString);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            var command = connection.CreateCommand();
            await using (command.ConfigureAwait(false))
            {
#pragma warning disable CA2100 // The name was checked above; an identifier cannot be a parameter.
                command.CommandText = $"CREATE DATABASE {name}";
#pragma warning restore CA2100
                await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
            }
        }

        return ConnectionString(name);
    }

    /// <summary>Kills the whole server at once with SIGKILL, as a power cut would; returns when no process of it is left.</summary>
    /// <remarks>
    /// The postmaster alone would leave its backends behind, and a busy one would still commit. Pooled client
    /// connections break and say so at their next use.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The server is not ours to kill.</exception>
    public Task KillAsync() => Own().KillAsync();

    /// <summary>Shuts the server down in order (fast: open transactions are rolled back); returns when it has ended.</summary>
    /// <exception cref="InvalidOperationException">The server is not ours to stop.</exception>
    public Task StopAsync(CancellationToken cancellationToken = default) => Own().StopAsync(cancellationToken);

    /// <summary>Starts the server again on the same port and data, killing it first if it runs; returns once it has recovered and answers.</summary>
    /// <exception cref="InvalidOperationException">The server is not ours to restart.</exception>
    public async Task RestartAsync(CancellationToken cancellationToken = default)
    {
        await Own().KillAsync().ConfigureAwait(false);
        await Own().StartAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Ends the server and deletes its data.</summary>
    public ValueTask DisposeAsync() => _process?.DisposeAsync() ?? ValueTask.CompletedTask;

    private PostgresProcess Own() =>
        _process ?? throw new InvalidOperationException($"The server that {EnvironmentVariable} names cannot be stopped; look at CanRestart.");
}
