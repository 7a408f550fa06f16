using System.Transactions;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.Work.Internal;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.States.Internal;

/// <summary>Moves one entity: state, history and event in one transaction.</summary>
internal sealed class StateMover<TEntity, TState>(EntityStates<TEntity, TState> states, object id, StateCause cause)
    where TEntity : class
    where TState : struct, Enum
{
    // Each means that somebody else has moved the entity between two statements.
    private const int Tries = 50;

    private readonly string _text = states.Text(id);

    private DbContext Context => states.Context;

    private string Map => states.Map.Name;

    /// <summary>Moves the entity to where another system's word says.</summary>
    internal async Task<StateMove<TState>> MoveAsync(string system, string word, CancellationToken cancellationToken)
    {
        switch (states.Map.Translate(system, word))
        {
            case StateWord<TState>.Known known:
                return await MoveAsync(known.State, cancellationToken).ConfigureAwait(false);
            case StateWord<TState>.NoNews:
                return Told(new StateMove<TState>.NoNews());
            default:
                var kept = word.Length > StateModel.ThingLength ? word[..StateModel.ThingLength] : word;
                await RefuseAsync(system, kept.Replace("\0", "", StringComparison.Ordinal), "UnknownWord", cancellationToken).ConfigureAwait(false);
                return Told(new StateMove<TState>.UnknownWord(system, word));
        }
    }

    internal async Task<StateMove<TState>> MoveAsync(TState to, CancellationToken cancellationToken)
    {
        if (!Enum.IsDefined(to))
        {
            throw new ArgumentOutOfRangeException(nameof(to), to, $"This is no named value of {typeof(TState).Name}.");
        }

        for (var tries = 1; tries <= Tries; tries++)
        {
            var tracked = states.Tracked(id);
            if (await states.ReadAsync(id, cancellationToken).ConfigureAwait(false) is not { } from)
            {
                return Told(new StateMove<TState>.NotFound());
            }

            var verdict = states.Map.Judge(from, to, cause.Kind);
            var made = verdict == StateVerdict.Legal
                ? await TryAsync(from, to, cancellationToken).ConfigureAwait(false)
                : await JudgeAsync(from, to, verdict, cancellationToken).ConfigureAwait(false);
            if (made is not null)
            {
                var current = made is StateMove<TState>.Moved ? to : from;
                await states.RefreshAsync(tracked, current, cancellationToken).ConfigureAwait(false);
                return Told(made);
            }
        }

        throw new DbUpdateConcurrencyException($"{typeof(TEntity).Name} {_text} was moved by others {Tries} times while this move to {to} was tried. Try again later.");
    }

    private async Task<StateMove<TState>?> JudgeAsync(TState from, TState to, StateVerdict verdict, CancellationToken cancellationToken)
    {
        if (verdict == StateVerdict.Same || await HasBeenAsync(to, cancellationToken).ConfigureAwait(false))
        {
            return new StateMove<TState>.Repeated(from);
        }

        await RefuseAsync(from.ToString(), to.ToString(), verdict.ToString(), cancellationToken).ConfigureAwait(false);
        return new StateMove<TState>.Illegal(from, verdict);
    }

    private async Task<bool> HasBeenAsync(TState to, CancellationToken cancellationToken)
    {
        var name = to.ToString();
        return states.Map.Starts.Contains(to) || await StateRows.Moves(Context, Map, _text).AnyAsync(row => row.To == name, cancellationToken).ConfigureAwait(false);
    }

    private async Task<StateMove<TState>?> TryAsync(TState from, TState to, CancellationToken cancellationToken)
    {
        if (Context.Database.CurrentTransaction is not null || Transaction.Current is not null || Context.Database.GetEnlistedTransaction() is not null)
        {
            return await ChangeAsync(from, to, acceptAll: true, cancellationToken).ConfigureAwait(false);
        }

        var strategy = Context.Database.CreateExecutionStrategy();
        return await (strategy.RetriesOnFailure
            ? strategy.ExecuteAsync(token => TryOwnAsync(from, to, token), cancellationToken)
            : TryOwnAsync(from, to, cancellationToken)).ConfigureAwait(false);
    }

    private async Task<StateMove<TState>?> TryOwnAsync(TState from, TState to, CancellationToken cancellationToken)
    {
        var contexts = states.Runtime.Shared.Contexts;
        await contexts.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            var transaction = await Context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await using (transaction.ConfigureAwait(false))
            {
                // What is rolled back must not look saved, so nothing is accepted before the commit.
                var made = await ChangeAsync(from, to, acceptAll: false, cancellationToken).ConfigureAwait(false);
                if (made is StateMove<TState>.Moved)
                {
                    await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
                    Context.ChangeTracker.AcceptAllChanges();
                    ForgetKitRows();
                }

                return made;
            }
        }
        finally
        {
            contexts.EndTurn();
        }
    }

    private async Task<StateMove<TState>?> ChangeAsync(TState from, TState to, bool acceptAll, CancellationToken cancellationToken)
    {
        if (!await states.TryChangeAsync(id, from, to, cancellationToken).ConfigureAwait(false))
        {
            return null;
        }

        // The entity's row is locked from here on, so nobody else adds to its history.
        if (await StateRows.HasMadeAsync(Context, Map, _text, to.ToString(), cause, cancellationToken).ConfigureAwait(false))
        {
            // A repeat that met a circle of the map: put back what was changed.
            await states.TryChangeAsync(id, to, from, cancellationToken).ConfigureAwait(false);
            return new StateMove<TState>.Repeated(from);
        }

        var last = await StateRows.Moves(Context, Map, _text).MaxAsync(row => (int?)row.Number, cancellationToken).ConfigureAwait(false) ?? 0;
        var before = Context.ChangeTracker.Entries<OutboxRow>().Select(entry => entry.Entity).ToHashSet();
        var row = StateRows.Row(Map, _text, last + 1, from.ToString(), to.ToString(), cause, states.Runtime.Shared.Clock.Now);
        try
        {
            Context.Add(row);
            states.Registration.PublishTo(Context.Outbox, new StateMoved<TState>(_text, from, to, last + 1, cause));
            await Context.SaveChangesAsync(acceptAll, cancellationToken).ConfigureAwait(false);
            if (acceptAll)
            {
                Context.Entry(row).State = EntityState.Detached;
            }
        }
        catch
        {
            Context.Entry(row).State = EntityState.Detached;
            foreach (var publication in Context.ChangeTracker.Entries<OutboxRow>().Where(entry => !before.Contains(entry.Entity)).ToList())
            {
                publication.State = EntityState.Detached;
            }

            throw;
        }

        return new StateMove<TState>.Moved(from, to, last + 1);
    }

    private void ForgetKitRows()
    {
        foreach (var entry in Context.ChangeTracker.Entries().Where(entry => entry.Entity is StateMoveRow or OutboxRow or WorkRow).ToList())
        {
            entry.State = EntityState.Detached;
        }
    }

    private async Task RefuseAsync(string from, string to, string reason, CancellationToken cancellationToken)
    {
        var isJoined = Context.Database.CurrentTransaction is not null;
        var contexts = states.Runtime.Shared.Contexts;
        if (!isJoined)
        {
            await contexts.WaitForTurnAsync(cancellationToken).ConfigureAwait(false);
        }

        try
        {
            await StateRows.RefuseAsync(Context, Map, _text, from, to, reason, cause, states.Runtime.Shared.Clock.Now, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (!isJoined)
            {
                contexts.EndTurn();
            }
        }
    }

    private StateMove<TState> Told(StateMove<TState> outcome)
    {
        states.Runtime.States.Tell(Map, _text, outcome, cause);
        return outcome;
    }
}
