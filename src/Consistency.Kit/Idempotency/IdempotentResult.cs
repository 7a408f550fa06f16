namespace Consistency.Kit.Idempotency;

/// <summary>What became of a request whose work has a typed result.</summary>
/// <typeparam name="TResult">The result.</typeparam>
public abstract record IdempotentResult<TResult>
{
    private IdempotentResult()
    {
    }

    /// <summary>The result, whether it was made now or before.</summary>
    /// <exception cref="InvalidOperationException">The request is running elsewhere, or its key was used for something else.</exception>
    public virtual TResult Value => throw new InvalidOperationException($"The request has no result: it is {GetType().Name}.");

    /// <summary>The work ran now.</summary>
    /// <param name="Result">What it returned.</param>
    public sealed record Executed(TResult Result) : IdempotentResult<TResult>
    {
        /// <inheritdoc />
        public override TResult Value => Result;
    }

    /// <summary>The work ran before.</summary>
    /// <param name="Result">What it returned then.</param>
    public sealed record Replayed(TResult Result) : IdempotentResult<TResult>
    {
        /// <inheritdoc />
        public override TResult Value => Result;
    }

    /// <summary>The work is running elsewhere.</summary>
    /// <param name="RetryAfter">When to ask again.</param>
    public sealed record InProgress(TimeSpan RetryAfter) : IdempotentResult<TResult>;

    /// <summary>The key was used for a request that asked for something else.</summary>
    public sealed record Mismatched : IdempotentResult<TResult>;
}
