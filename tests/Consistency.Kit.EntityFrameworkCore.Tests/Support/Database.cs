using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Support;

/// <summary>One empty database, on whichever engine the suite runs.</summary>
public sealed class Database : IAsyncDisposable
{
    private readonly string? _file;

    private Database(Engine engine, string connectionString, string? file)
    {
        Engine = engine;
        ConnectionString = connectionString;
        _file = file;
    }

    public Engine Engine { get; }

    public string ConnectionString { get; }

    public bool IsPortable => Engine is Engine.PortableSqlite or Engine.PortablePostgres;

    public static async Task<Database> CreateAsync(Engine engine)
    {
        if (engine is Engine.Sqlite or Engine.PortableSqlite)
        {
            var file = Path.Combine(Path.GetTempPath(), $"kit-{Guid.NewGuid():N}.db");
            return new Database(engine, $"Data Source={file};Pooling=False", file);
        }

        var server = await SharedPostgres.GetAsync();
        return new Database(engine, await server.CreateDatabaseAsync("kit"), null);
    }

    /// <summary>On a server of the test's own, which it may kill; through another port where there is a proxy.</summary>
    public static async Task<Database> OnAsync(PostgresServer server, int? port = null)
    {
        var connection = new NpgsqlConnectionStringBuilder(await server.CreateDatabaseAsync("kit"));
        connection.Port = port ?? connection.Port;
        return new Database(Engine.Postgres, connection.ConnectionString, null);
    }

    public void Configure(DbContextOptionsBuilder options)
    {
        if (_file is not null)
        {
            options.UseSqlite(ConnectionString);
        }
        else
        {
            options.UseNpgsql(ConnectionString);
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_file is not null)
        {
            foreach (var suffix in (string[])["", "-wal", "-shm"])
            {
                File.Delete(_file + suffix);
            }

            return;
        }

        await using var connection = new NpgsqlConnection(ConnectionString);
        NpgsqlConnection.ClearPool(connection);
    }
}

public enum Engine
{
    Sqlite,
    Postgres,
    PortableSqlite,
    PortablePostgres,
}

/// <summary>One PostgreSQL for all tests that do not kill it.</summary>
public static class SharedPostgres
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartAsync());

    public static Task<PostgresServer> GetAsync() => Server.Value;
}
