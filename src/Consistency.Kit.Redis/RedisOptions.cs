namespace Consistency.Kit.Redis;

/// <summary>How the kit uses Redis.</summary>
public sealed class RedisOptions
{
    /// <summary>What every key of the kit begins with, so that applications can share a server. Default: <c>consistency:</c>.</summary>
    public string KeyPrefix { get; set; } = "consistency:";

    /// <summary>The number of the database. Default: the connection's own.</summary>
    public int Database { get; set; } = -1;

    /// <summary>How long one answer of the server is waited for. Default: 5 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);

    internal List<string> Validate()
    {
        var problems = new List<string>();
        if (string.IsNullOrEmpty(KeyPrefix) || KeyPrefix.Length > 100)
        {
            problems.Add("RedisOptions: KeyPrefix must have 1 to 100 characters.");
        }

        if (Timeout <= TimeSpan.Zero || Timeout > TimeSpan.FromMinutes(1))
        {
            problems.Add("RedisOptions: Timeout must be positive and at most a minute.");
        }

        return problems;
    }
}
