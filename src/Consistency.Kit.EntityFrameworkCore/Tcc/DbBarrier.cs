using Consistency.Kit.EntityFrameworkCore.Idempotency.Internal;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tcc;

/// <summary>Lets calls of a branch take effect once and in order, on the database of a DbContext.</summary>
/// <remarks>Not thread-safe, like the context.</remarks>
public sealed class DbBarrier
{
    private readonly DbContext _context;
    private readonly BarrierEngine _engine;

    internal DbBarrier(DbContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        _context = context;
        _engine = KitRuntime.Find(context)?.Barrier
            ?? throw new InvalidOperationException(
                $"{context.GetType().Name} has no barrier: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
    }

    /// <summary>As <see cref="RunAsync{TResult}(BranchCall, Func{CancellationToken, Task{BranchResult{TResult}}}, CancellationToken)"/>, for an effect without a result that is never refused.</summary>
    public Task<BranchOutcome<bool>> RunAsync(BranchCall call, Func<CancellationToken, Task> effect, CancellationToken cancellationToken = default) =>
        _engine.RunAsync(new ContextScope(_context), call, effect, cancellationToken);

    /// <summary>Passes the barrier with a call and runs its effect, or says why not.</summary>
    /// <param name="call">The call.</param>
    /// <param name="effect">
    /// What the call is for: it changes entities of this context, and need not save them. It cannot end the transaction and must not call other
    /// systems. It is run again, with the change tracker cleared, when its transaction lost a race, so it loads what it changes. A try may
    /// return a <see cref="Refusal"/>; then nothing is left of it.
    /// </param>
    /// <param name="cancellationToken">Cancels beginning and the effect; never the commit.</param>
    /// <remarks>
    /// Effect, published messages and the barrier's row are committed together, or none of them is. When the effect throws, everything is
    /// rolled back and the exception passed on. In a transaction that is open already the call joins it: its owner commits, and must not when
    /// this throws. What was refused is rolled back to where the call began (a savepoint), and the context forgets what it tracks.
    /// </remarks>
    /// <exception cref="InvalidOperationException">The effect ended the transaction, a confirm or cancel was refused, or no JSON context given with <c>kit.UseJson(…)</c> knows the type.</exception>
    public Task<BranchOutcome<TResult>> RunAsync<TResult>(BranchCall call, Func<CancellationToken, Task<BranchResult<TResult>>> effect, CancellationToken cancellationToken = default) =>
        _engine.RunAsync(new ContextScope(_context), call, effect, cancellationToken);
}
