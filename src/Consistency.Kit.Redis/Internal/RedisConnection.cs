using StackExchange.Redis;

namespace Consistency.Kit.Redis.Internal;

/// <summary>The connection that the kit's stores share: opened when it is first used, and left alone when it is the application's own.</summary>
internal sealed class RedisConnection(Func<CancellationToken, Task<IConnectionMultiplexer>> open, bool owned, RedisOptions options) : IDisposable
{
    private readonly SemaphoreSlim _opening = new(1);
    private volatile IConnectionMultiplexer? _connection;

    internal RedisOptions Options => options;

    /// <summary>Runs a script.</summary>
    /// <remarks>The client library has no cancellation: a cancelled or timed out call is abandoned, and the script may still run.</remarks>
    /// <exception cref="RedisConnectionException">The server cannot be reached.</exception>
    /// <exception cref="TimeoutException">The server did not answer in time.</exception>
    internal Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey key, RedisValue[] arguments, CancellationToken cancellationToken) =>
        EvaluateAsync(script, [key], arguments, cancellationToken);

    /// <inheritdoc cref="EvaluateAsync(RedisScript, RedisKey, RedisValue[], CancellationToken)"/>
    internal Task<RedisResult> EvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        _connection is { } connection
            ? EvaluateAsync(connection, script, keys, arguments, cancellationToken)
            : OpenAndEvaluateAsync(script, keys, arguments, cancellationToken);

    /// <summary>Runs a single command, as scripts are run.</summary>
    internal async Task<T> RunAsync<T>(Func<IDatabaseAsync, Task<T>> command, CancellationToken cancellationToken)
    {
        var connection = _connection ?? await OpenAsync(cancellationToken).ConfigureAwait(false);
        return await RedisCall.AnswerAsync(command(connection.GetDatabase(options.Database)), options.Timeout, cancellationToken).ConfigureAwait(false);
    }

    public void Dispose()
    {
        _opening.Dispose();
        if (owned)
        {
            _connection?.Dispose();
        }
    }

    private async Task<RedisResult> OpenAndEvaluateAsync(RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        await EvaluateAsync(await OpenAsync(cancellationToken).ConfigureAwait(false), script, keys, arguments, cancellationToken).ConfigureAwait(false);

    private Task<RedisResult> EvaluateAsync(IConnectionMultiplexer connection, RedisScript script, RedisKey[] keys, RedisValue[] arguments, CancellationToken cancellationToken) =>
        script.EvaluateAsync(connection.GetDatabase(options.Database), keys, arguments, options.Timeout, cancellationToken);

    private async Task<IConnectionMultiplexer> OpenAsync(CancellationToken cancellationToken)
    {
        await _opening.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _connection ??= await open(cancellationToken).WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _opening.Release();
        }
    }
}
