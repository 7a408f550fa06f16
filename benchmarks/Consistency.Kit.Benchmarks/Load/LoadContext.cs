using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.TestServers;

namespace Consistency.Kit.Benchmarks.Load;

/// <summary>What every scenario needs: options, a server, and a meter for its time.</summary>
internal sealed class LoadContext : IAsyncDisposable
{
    private readonly PostgresServer _server;
    private readonly List<Database> _databases = [];

    private LoadContext(LoadOptions options, PostgresServer server, Meter meter)
    {
        Options = options;
        _server = server;
        Meter = meter;
    }

    internal LoadOptions Options { get; }

    internal Meter Meter { get; }

    internal static async Task<LoadContext> CreateAsync(LoadOptions options, CancellationToken cancellationToken)
    {
        Environment.SetEnvironmentVariable(PostgresServer.EnvironmentVariable, options.Connection);
        var settings = new PostgresServerOptions { AllowExternal = options.Connection is not null };

        // A checkpoint in the middle would land on one side only.
        settings.Settings["max_wal_size"] = "16GB";
        settings.Settings["checkpoint_timeout"] = "1h";
        settings.Settings["shared_buffers"] = "512MB";
        var server = await PostgresServer.StartAsync(settings, cancellationToken);
        var meter = new Meter(await ServerCpu.OfAsync(new Database(server.ConnectionString("postgres"))));
        return new LoadContext(options, server, meter);
    }

    /// <summary>Whether a part of the scenario is to be run.</summary>
    internal bool Runs(string part) => Options.Only is null || Options.Only == part;

    /// <summary>Creates an empty database.</summary>
    internal async Task<Database> CreateDatabaseAsync(string name, CancellationToken cancellationToken)
    {
        var database = new Database(await _server.CreateDatabaseAsync(name, cancellationToken));
        _databases.Add(database);
        return database;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var database in _databases)
        {
            if (Options.Statements)
            {
                await Statements.PrintAsync(database);
            }

            database.ClearPool();
            if (Options.Connection is not null)
            {
                await new Database(_server.ConnectionString("postgres")).ExecuteAsync($"DROP DATABASE {database.Name} WITH (FORCE)");
            }
        }

        await _server.DisposeAsync();
    }
}
