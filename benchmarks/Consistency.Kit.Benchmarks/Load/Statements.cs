namespace Consistency.Kit.Benchmarks.Load;

/// <summary>What <c>pg_stat_statements</c> knows of a database.</summary>
internal static class Statements
{
    private const string Own = "s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database()) AND s.query NOT LIKE '%pg_stat_statements%'";

    /// <summary>Begins to count; false when the server does not have the extension.</summary>
    internal static async Task<bool> ResetAsync(Database database)
    {
        if (await database.ScalarAsync<string>("SHOW shared_preload_libraries") is not { } libraries || !libraries.Contains("pg_stat_statements", StringComparison.Ordinal))
        {
            return false;
        }

        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        await database.ExecuteAsync("SELECT pg_stat_statements_reset()");
        return true;
    }

    /// <summary>How many statements were executed since.</summary>
    internal static Task<long> CountAsync(Database database) =>
        database.ScalarAsync<long>($"SELECT coalesce(sum(s.calls), 0)::bigint FROM pg_stat_statements s WHERE {Own}");

    internal static async Task PrintAsync(Database database)
    {
        await database.ExecuteAsync("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
        await using var connection = await database.OpenAsync();
        await using var command = Database.Command(connection, $"""
            SELECT s.calls, s.total_exec_time, s.mean_exec_time, s.rows, left(regexp_replace(s.query, '\s+', ' ', 'g'), 150)
            FROM pg_stat_statements s WHERE {Own} ORDER BY s.total_exec_time DESC LIMIT 14
            """);
        await using var reader = await command.ExecuteReaderAsync();
        await Console.Error.WriteLineAsync($"-- {database.Name}: calls, total ms, mean ms, rows, statement");
        while (await reader.ReadAsync())
        {
            await Console.Error.WriteLineAsync($"{reader.GetInt64(0),9} {reader.GetDouble(1),10:F0} {reader.GetDouble(2),9:F4} {reader.GetInt64(3),9} {reader.GetString(4)}");
        }
    }
}
