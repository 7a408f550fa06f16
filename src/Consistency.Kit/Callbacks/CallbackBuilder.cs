namespace Consistency.Kit.Callbacks;

/// <summary>How the callbacks of one provider are stored and processed.</summary>
public sealed class CallbackBuilder
{
    internal CallbackBuilder()
    {
    }

    internal RetryPolicy RetryPolicy { get; private set; } = new()
    {
        Plan =
        [
            TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(15), TimeSpan.FromMinutes(1),
            TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(30), TimeSpan.FromHours(2),
        ],
        MaxAttempts = 1_000,
        MaxAge = TimeSpan.FromDays(1),
    };

    internal Type? StoreKey { get; private set; }

    /// <summary>When a callback that fails, or that waits for what it speaks of, is tried again. Default: after 1 s, then less and less often, for a day.</summary>
    /// <param name="policy">The plan.</param>
    public CallbackBuilder Retry(RetryPolicy policy)
    {
        ArgumentNullException.ThrowIfNull(policy);
        RetryPolicy = policy;
        return this;
    }

    /// <summary>Names the store that keeps the callbacks; needed when the application has several.</summary>
    /// <typeparam name="TStore">The DbContext given to <c>kit.UseEntityFrameworkCore</c>.</typeparam>
    public CallbackBuilder In<TStore>()
    {
        StoreKey = typeof(TStore);
        return this;
    }
}
