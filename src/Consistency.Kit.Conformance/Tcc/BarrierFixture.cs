using Consistency.Kit.Tcc;

namespace Consistency.Kit.Conformance.Tcc;

/// <summary>One empty store of the backend under test, with an account that holds an amount available, frozen and spent. The suite disposes it after each fact.</summary>
public abstract class BarrierFixture : IAsyncDisposable
{
    /// <summary>The store, ready to use.</summary>
    public abstract BarrierStore Store { get; }

    /// <summary>Whether rows of branches that are over go by themselves, and cannot be collected or forgotten earlier.</summary>
    public virtual bool ExpiresByItself => false;

    /// <summary>Makes the scope of one call.</summary>
    public abstract IAsyncDisposable CreateScope(out IServiceProvider scope);

    /// <summary>Changes the account through the scope's session, in its transaction.</summary>
    public abstract Task ChangeAsync(IServiceProvider scope, int available, int frozen, int spent, CancellationToken cancellationToken);

    /// <summary>What the account holds, as committed.</summary>
    public abstract Task<BarrierAccount> ReadAsync(CancellationToken cancellationToken);

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
