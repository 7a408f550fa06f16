namespace Consistency.Kit.TestServers;

/// <summary>How a PostgreSQL server is started.</summary>
public sealed class PostgresServerOptions
{
    /// <summary>Server settings, over the defaults: <c>Settings["shared_buffers"] = "512MB"</c>.</summary>
    public IDictionary<string, string> Settings { get; } = new Dictionary<string, string>();

    /// <summary>Use the server that the environment variable <c>CONSISTENCY_POSTGRES</c> names, when it is set.</summary>
    /// <value>False: tests that kill the server, and benchmarks that set it up, need their own.</value>
    public bool AllowExternal { get; set; }
}
