using System.Collections.Concurrent;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Internal;
using Consistency.Kit.EntityFrameworkCore.Tcc.Internal;
using Consistency.Kit.Stock;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

/// <summary>
/// Judges the calls that wait for one sale together, in one transaction of the kit's own: they would wait for the same rows one by one
/// anyway, and so share what that costs.
/// </summary>
internal sealed class StockGroups(EfStore shared)
{
    private const int MaxGroup = 256;
    private const int Tries = 12;

    private static readonly RetryPolicy Pause = new() { BaseDelay = TimeSpan.FromMilliseconds(2), MaxDelay = TimeSpan.FromMilliseconds(100) };

    private readonly ConcurrentDictionary<string, Waiting> _waiting = new(StringComparer.Ordinal);

    internal async ValueTask<T> RunAsync<T>(string sale, StockCall<T> call, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var waiting = _waiting.GetOrAdd(sale, static _ => new Waiting());
        if (waiting.Add(call))
        {
            // Its own task: whoever came first does not work for all others, and does not take them with it.
            using (ExecutionContext.SuppressFlow())
            {
                _ = Task.Run(() => DrainAsync(sale, waiting), CancellationToken.None);
            }
        }

        return await call.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    private async Task DrainAsync(string sale, Waiting waiting)
    {
        while (waiting.Take(MaxGroup) is { } group)
        {
            try
            {
                await JudgeAsync(sale, group).ConfigureAwait(false);
                group.ForEach(static call => call.Tell());
            }
#pragma warning disable CA1031 // Passed on to the callers.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                group.ForEach(call => call.Fail(exception));
            }
        }
    }

    private async Task JudgeAsync(string sale, List<StockCall> group)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await shared.Contexts.WriteAsync((context, token) => WriteAsync(context, sale, group, token), CancellationToken.None).ConfigureAwait(false);
                return;
            }
            catch (Exception exception) when (tries < Tries && (exception is DbUpdateException || LostRaces.IsOne(exception)))
            {
                await Task.Delay(Pause.DelayAfter(tries), TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private async Task<bool> WriteAsync(DbContext context, string sale, List<StockCall> group, CancellationToken cancellationToken)
    {
        context.ChangeTracker.Clear();
        await shared.Clock.KeepAsync(context, cancellationToken).ConfigureAwait(false);
        var transaction = await context.Database.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
        {
            var rows = await LoadedStock.LoadAsync(context, sale, group, shared.IsPostgres, cancellationToken).ConfigureAwait(false);
            var book = new StockBook(sale, rows, shared.Clock.Now);
            foreach (var call in group)
            {
                call.Judge(book);
            }

            if (context.ChangeTracker.HasChanges())
            {
                await context.SaveChangesAsync(cancellationToken).ConfigureAwait(false);
                CrashPoint.At("stock.committing");
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                CrashPoint.At("stock.committed");
            }
        }

        return true;
    }

    /// <summary>The calls that wait for one sale. At most one task takes from it.</summary>
    private sealed class Waiting
    {
        private readonly Queue<StockCall> _calls = [];
        private bool _isTaken;

        /// <returns>Whether the caller has to see to it that they are taken.</returns>
        internal bool Add(StockCall call)
        {
            lock (_calls)
            {
                _calls.Enqueue(call);
                return !_isTaken && (_isTaken = true);
            }
        }

        internal List<StockCall>? Take(int limit)
        {
            lock (_calls)
            {
                if (_calls.Count == 0)
                {
                    _isTaken = false;
                    return null;
                }

                var group = new List<StockCall>(Math.Min(limit, _calls.Count));
                while (group.Count < limit && _calls.TryDequeue(out var call))
                {
                    group.Add(call);
                }

                return group;
            }
        }
    }
}
