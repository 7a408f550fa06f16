using Consistency.Kit.Internal;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Work.Internal;

/// <summary>Checks the kinds of work at start-up, then runs an engine for each store that has any until the application stops.</summary>
internal sealed class WorkHost(
    WorkStores stores,
    IEnumerable<WorkKind> kinds,
    IEnumerable<IWorkStartUp> startUps,
    IEnumerable<IWorkAlert> alerts,
    IWorkArchive? archive,
    WorkOptions options,
    TimeProvider time,
    ILogger<WorkHost> logger) : IHostedLifecycleService, IDisposable
{
    private static readonly TimeSpan PrepareInterval = TimeSpan.FromSeconds(5);

    private readonly BackgroundTasks _tasks = new(time);
    private readonly List<(WorkStore Store, WorkKind Kind)> _bound = [];
    private List<WorkEngine> _engines = [];

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        var problems = options.Validate().ToList();
        foreach (var startUp in startUps)
        {
            problems.AddRange(startUp.Check());
        }

        var types = new HashSet<string>(StringComparer.Ordinal);
        foreach (var kind in kinds)
        {
            if (!types.Add(kind.Type))
            {
                problems.Add($"Two registrations share the name '{kind.Type}': give each kit.AddJob<…>(name, …) and each saga version a name of its own.");
            }

            if (stores.Find(kind.StoreKey, $"'{kind.Scope}'", problems) is { } store)
            {
                _bound.Add((store, kind));
            }
        }

        return problems.Count == 0 ? Task.CompletedTask : throw new ConsistencyConfigurationException([.. problems.Distinct(StringComparer.Ordinal)]);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public async Task StartedAsync(CancellationToken cancellationToken)
    {
        if (!options.Run)
        {
            return;
        }

        var later = new List<IWorkStartUp>();
        foreach (var startUp in startUps)
        {
            if (!await startUp.PrepareAsync(cancellationToken).ConfigureAwait(false))
            {
                later.Add(startUp);
            }
        }

        _engines = [.. _bound.GroupBy(pair => pair.Store).Select(store => new WorkEngine(store.Key, [.. store.Select(pair => pair.Kind)], options, [.. alerts], archive, time, logger))];

        _tasks.Start(
        [
            .. _engines.Select<WorkEngine, Func<CancellationToken, Task>>(engine => engine.RunAsync),
            .. later.Select<IWorkStartUp, Func<CancellationToken, Task>>(startUp => token => PrepareLaterAsync(startUp, token)),
        ]);
    }

    public Task StoppingAsync(CancellationToken cancellationToken) => _tasks.StopAsync(cancellationToken);

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose()
    {
        foreach (var engine in _engines)
        {
            engine.Dispose();
        }

        _tasks.Dispose();
    }

    private async Task PrepareLaterAsync(IWorkStartUp startUp, CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            await Task.Delay(PrepareInterval, time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                if (cancellationToken.IsCancellationRequested || await startUp.PrepareAsync(cancellationToken).ConfigureAwait(false))
                {
                    return;
                }
            }
            catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
            {
                return;
            }
#pragma warning disable CA1031 // Tried again at the next interval.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                WorkLog.PrepareFailed(logger, PrepareInterval, exception);
            }
        }
    }
}
