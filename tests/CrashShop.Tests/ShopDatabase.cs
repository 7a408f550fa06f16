using System.Data.Common;
using Consistency.Kit.TestServers;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Consistency.Kit.CrashShop.Tests;

/// <summary>One empty database that outlives the shop's processes.</summary>
public sealed class ShopDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartAsync());
    private readonly string? _file;

    private ShopDatabase(string store, string connection, string? file)
    {
        Store = store;
        Connection = connection;
        _file = file;
    }

    public string Store { get; }

    public string Connection { get; }

    public static async Task<ShopDatabase> CreateAsync(string store)
    {
        if (store == "postgres")
        {
            PostgresServer.Require();
            return new ShopDatabase(store, await (await Server.Value).CreateDatabaseAsync("crash"), null);
        }

        var file = Path.Combine(Path.GetTempPath(), $"crash-{Guid.NewGuid():N}.db");
        return new ShopDatabase(store, $"Data Source={file};Pooling=False", file);
    }

    public ChildProcess Start(params string[] arguments) =>
        ChildProcess.StartDotnet(Path.Combine(AppContext.BaseDirectory, "shop", "CrashShop.dll"), [$"store={Store}", $"connection={Connection}", .. arguments]);

    /// <summary>Runs the shop to its end and returns the exit code, with all it wrote.</summary>
    public async Task<(int ExitCode, string Output)> RunAsync(params string[] arguments)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(90), TimeProvider.System);
        await using var shop = Start(arguments);
        var code = await shop.WaitForExitAsync(deadline.Token);
        return (code, string.Join('\n', shop.Lines.Concat(shop.ErrorLines).TakeLast(60)));
    }

    public async Task<List<T>> QueryAsync<T>(string sql, Func<DbDataReader, T> read)
    {
        await using DbConnection connection = _file is null ? new NpgsqlConnection(Connection) : new SqliteConnection(Connection);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<T>();
        while (await reader.ReadAsync())
        {
            rows.Add(read(reader));
        }

        return rows;
    }

    public async Task<long> CountAsync(string sql) => (await QueryAsync(sql, reader => reader.GetInt64(0)))[0];

    public ValueTask DisposeAsync()
    {
        foreach (var suffix in _file is null ? [] : (string[])["", "-wal", "-shm"])
        {
            File.Delete(_file + suffix);
        }

        return ValueTask.CompletedTask;
    }
}
