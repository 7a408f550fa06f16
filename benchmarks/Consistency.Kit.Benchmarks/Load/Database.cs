using Npgsql;

namespace Consistency.Kit.Benchmarks.Load;

/// <summary>Runs single statements on one database.</summary>
internal sealed class Database(string connectionString)
{
    internal string ConnectionString => connectionString;

    internal string Name => new NpgsqlConnectionStringBuilder(connectionString).Database!;

    internal async Task ExecuteAsync(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = Command(connection, sql);
        await command.ExecuteNonQueryAsync();
    }

    internal async Task<T> ScalarAsync<T>(string sql)
    {
        await using var connection = await OpenAsync();
        await using var command = Command(connection, sql);
        return (T)(await command.ExecuteScalarAsync())!;
    }

    internal async Task<NpgsqlConnection> OpenAsync()
    {
        var connection = new NpgsqlConnection(connectionString);
        await connection.OpenAsync();
        return connection;
    }

    internal void ClearPool()
    {
        using var connection = new NpgsqlConnection(connectionString);
        NpgsqlConnection.ClearPool(connection);
    }

#pragma warning disable CA2100 // The benchmarks' own text.
    internal static NpgsqlCommand Command(NpgsqlConnection connection, string sql) => new(sql, connection) { CommandTimeout = 120 };
#pragma warning restore CA2100
}
