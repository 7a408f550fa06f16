namespace Consistency.Kit.Idempotency;

/// <summary>Makes a session's commits depend on an attempt's claim.</summary>
public interface IAttemptFence
{
    /// <summary>From now on each save of the scope's session carries the attempt's points, and fails when another attempt has taken over.</summary>
    /// <param name="scope">The scope whose store session (DbContext) the work uses.</param>
    /// <param name="attempt">The attempt.</param>
    /// <returns>Ends it when disposed.</returns>
    IDisposable Attach(IServiceProvider scope, IdempotentAttempt attempt);
}
