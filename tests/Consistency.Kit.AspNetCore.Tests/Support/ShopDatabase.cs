using System.Data.Common;
using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.TestServers;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>An empty database, and shops on it: in this process, or in their own, to be killed.</summary>
internal sealed class ShopDatabase : IAsyncDisposable
{
    private static readonly Lazy<Task<PostgresServer>> Server = new(() => PostgresServer.StartAsync());
    private readonly string _store;
    private readonly string _connection;
    private readonly string _folder = Directory.CreateTempSubdirectory("key-shop-").FullName;

    private ShopDatabase(string store, string connection)
    {
        _store = store;
        _connection = connection.Replace("{folder}", _folder, StringComparison.Ordinal);
    }

    internal KeyShop.Provider Provider => new(Path.Combine(_folder, "books"));

    /// <summary>On a server of the test's own, which it may kill.</summary>
    internal static async Task<ShopDatabase> OnAsync(PostgresServer server) => new("postgres", await server.CreateDatabaseAsync("keys"));

    /// <summary>Takes a file database away, or brings it back.</summary>
    internal void Move(bool away) => Directory.Move(away ? _folder : _folder + ".away", away ? _folder + ".away" : _folder);

    internal static async Task<ShopDatabase> CreateAsync(string store)
    {
        if (store != "postgres")
        {
            return new ShopDatabase(store, "Data Source={folder}/shop.db;Pooling=False");
        }

        PostgresServer.Require();
        var connection = new NpgsqlConnectionStringBuilder(await (await Server.Value).CreateDatabaseAsync("keys")) { MaxPoolSize = 40, Timeout = 60 };
        return new ShopDatabase(store, connection.ConnectionString);
    }

    internal void Configure(DbContextOptionsBuilder options) => _ = _store == "postgres" ? options.UseNpgsql(_connection) : options.UseSqlite(_connection);

    internal Task<KeyShop.Shop> StartAsync(string? redis = null, StoreOutage outage = StoreOutage.Refuse) =>
        KeyShop.Shop.StartAsync(_store, _connection, Path.Combine(_folder, "books"), redis, outage);

    /// <summary>Starts a shop that kills itself at a crash point.</summary>
    internal Task<(ChildProcess Process, Uri Address)> StartDoomedAsync(string point) => StartProcessAsync(redis: null, point);

    internal async Task<(ChildProcess Process, Uri Address)> StartProcessAsync(string? redis, string point = "")
    {
        var process = ChildProcess.StartDotnet(
            Path.Combine(AppContext.BaseDirectory, "KeyShop.dll"),
            [_store, _connection, point],
            new Dictionary<string, string?> { ["KEY_SHOP_BOOKS"] = Path.Combine(_folder, "books"), ["KEY_SHOP_REDIS"] = redis });
        var address = await process.WaitForLineAsync(line => line.StartsWith("http", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
        return (process, new Uri(address));
    }

    internal async Task<long> CountAsync(string table)
    {
        await using DbConnection connection = _store == "postgres" ? new NpgsqlConnection(_connection) : new SqliteConnection(_connection);
        await connection.OpenAsync();
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constants of the tests.
        command.CommandText = $"SELECT count(*) FROM {table}";
#pragma warning restore CA2100
        return Convert.ToInt64(await command.ExecuteScalarAsync(), System.Globalization.CultureInfo.InvariantCulture);
    }

    public ValueTask DisposeAsync()
    {
        if (_store == "postgres")
        {
            using var connection = new NpgsqlConnection(_connection);
            NpgsqlConnection.ClearPool(connection);
        }

        Directory.Delete(_folder, recursive: true);
        return ValueTask.CompletedTask;
    }
}
