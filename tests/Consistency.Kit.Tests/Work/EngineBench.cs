using System.Collections.Concurrent;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace Consistency.Kit.Tests.Work;

/// <summary>One engine on a store in memory, with one kind of work that behaves as the test likes.</summary>
internal sealed class EngineBench : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().BuildServiceProvider();
    private readonly CancellationTokenSource _stopping = new();
    private readonly ConcurrentQueue<Guid> _added = new();
    private readonly WorkEngine _engine;
    private Task _running = Task.CompletedTask;

    private EngineBench(WorkOptions options, TestKind kind, IReadOnlyList<IWorkAlert> alerts)
    {
        Kind = kind;
        Store = MemoryWork.CreateStore(_services, TimeProvider.System);
        _engine = new WorkEngine(Store, [kind], options, alerts, archive: null, TimeProvider.System, NullLogger.Instance);
    }

    internal TestKind Kind { get; }

    internal WorkStore Store { get; }

    internal static Task<EngineBench> StartAsync(Action<WorkOptions>? configure = null, Alerts? alerts = null, RetryPolicy? retry = null, int? limit = null, bool start = true)
    {
        var options = new WorkOptions { PollInterval = TimeSpan.FromMilliseconds(50), Lease = TimeSpan.FromSeconds(20) };
        configure?.Invoke(options);
        var bench = new EngineBench(options, new TestKind(retry ?? new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(5), MaxAttempts = 3 }, limit), alerts is null ? [] : [alerts]);
        if (start)
        {
            bench.Start();
        }

        return Task.FromResult(bench);
    }

    internal void Start() => _running = Task.Run(() => _engine.RunAsync(_stopping.Token));

    internal async Task StopAsync()
    {
        await _stopping.CancelAsync();
        await _running.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System);
    }

    internal NewWork New(TimeSpan delay = default) => new() { Scope = Kind.Scope, Type = Kind.Type, Input = default, Delay = delay };

    internal async Task<Guid> AddAsync(TimeSpan delay = default)
    {
        var id = (await Store.AddAsync(New(delay), default)).Id;
        _added.Enqueue(id);
        return id;
    }

    internal static Task UntilAsync(Func<bool> condition, string what, TimeSpan? within = null) => UntilAsync(() => Task.FromResult(condition()), what, within);

    internal static async Task UntilAsync(Func<Task<bool>> condition, string what, TimeSpan? within = null)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < (within ?? TimeSpan.FromSeconds(30)), $"This did not happen: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System);
        }
    }

    /// <summary>Waits until all that was added has ended like this.</summary>
    internal Task UntilEndedAsync(WorkStatus status) => UntilAsync(
        async () =>
        {
            foreach (var id in _added)
            {
                if ((await Store.Reader.FindAsync(id, default))!.Status != status)
                {
                    return false;
                }
            }

            return true;
        },
        $"all is {status}");

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _engine.Dispose();
        await _services.DisposeAsync();
        _stopping.Dispose();
    }
}

internal sealed class TestKind(RetryPolicy retry, int? limit) : WorkKind
{
    internal override string Scope => "job/test";

    internal override string Type => "job/test";

    internal override RetryPolicy Retry => retry;

    internal override WorkLimit? Limit => limit is null ? null : new WorkLimit { Scope = Scope, Types = [Type], Max = limit };

    internal ConcurrentQueue<Guid> Runs { get; } = new();

    internal Func<WorkRun, Task> OnRun { get; set; } = static _ => Task.CompletedTask;

    internal Func<WorkRun, CancellationToken, Task>? OnRunUntil { get; set; }

    internal override Task RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        Runs.Enqueue(run.Work.Lease.Id);
        return OnRunUntil?.Invoke(run, cancellationToken) ?? OnRun(run);
    }
}

internal sealed class Alerts : IWorkAlert
{
    internal ConcurrentQueue<WorkSnapshot> Parked { get; } = new();

    public ValueTask ParkedAsync(WorkSnapshot work, CancellationToken cancellationToken)
    {
        Parked.Enqueue(work);
        return ValueTask.CompletedTask;
    }
}
