namespace Consistency.Kit.TestServers;

/// <summary>How a Redis server is started.</summary>
public sealed class RedisServerOptions
{
    /// <summary>More arguments, which win over the defaults: <c>["--appendonly", "yes"]</c>.</summary>
    public IList<string> Arguments { get; } = [];

    /// <summary>Use the server that the environment variable <c>CONSISTENCY_REDIS</c> names, when it is set.</summary>
    /// <value>False: a test that kills or flushes the server needs its own.</value>
    public bool AllowExternal { get; set; }
}
