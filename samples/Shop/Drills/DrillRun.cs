using Microsoft.Extensions.DependencyInjection;
using Shop.Chaos;
using Shop.Customers;

namespace Shop.Drills;

/// <summary>Runs the worker and its customers, kills it, restarts it, and waits until nothing is left to do.</summary>
internal sealed class DrillRun(ShopSettings settings, int kills, IServiceProvider services, Crowd customers, TimeProvider time)
{
    private const int MaxFaults = 3;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CrashPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StallPatience = TimeSpan.FromMinutes(1);

    /// <summary>How long an idle shop is watched for a lost message that might still come.</summary>
    private readonly TimeSpan _idlePatience = settings.Transport == TransportKind.Kafka ? TimeSpan.FromSeconds(30) : TimeSpan.FromSeconds(3);

    internal int Kills { get; private set; }

    internal int Restarts { get; private set; }

    internal TimeSpan Elapsed { get; private set; }

    /// <param name="report">Told the state at each tick.</param>
    /// <param name="cancellationToken">Ends the drill.</param>
    /// <exception cref="WorkerFailedException">The worker ends again and again without being killed.</exception>
    internal async Task RunAsync(Action<DrillState> report, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var plan = new KillPlan(kills, settings.Seed, CrashSwitch.PointsOf(settings.Checkout));
        await using var worker = new WorkerProcess(settings);
        await worker.StartAsync(cancellationToken);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shopping = customers.RunAsync(leaving.Token);
        var last = default(DrillState);
        var moved = time.GetTimestamp();
        var faults = 0;
        while (true)
        {
            var state = await ReadAsync();
            report(state);
            if (state != last)
            {
                (last, moved) = (state, time.GetTimestamp());
            }

            if (shopping.IsFaulted)
            {
                await shopping;
            }

            var still = time.GetElapsedTime(moved);
            if (state.IsDrained(settings.Orders) || (state.IsIdle(settings.Orders) && still > _idlePatience) || still > StallPatience)
            {
                break;
            }

            if (plan.Next(state.Share(settings.Orders)) is { } kill)
            {
                await (kill.Point is null ? worker.KillAsync() : worker.KillAtAsync(kill.Point, CrashPatience));
                Kills++;
            }
            else if (worker.HasExited && ++faults > MaxFaults)
            {
                throw new WorkerFailedException(worker.LastWords());
            }

            if (worker.HasExited)
            {
                Restarts++;
                await worker.StartAsync(cancellationToken);
                moved = time.GetTimestamp();
            }

            await Task.Delay(Tick, time, cancellationToken);
        }

        Elapsed = time.GetElapsedTime(started);
        await leaving.CancelAsync();
        await shopping.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await worker.StopAsync();
    }

    private async Task<DrillState> ReadAsync()
    {
        await using var scope = services.CreateAsyncScope();
        return await DrillState.ReadAsync(scope.ServiceProvider.GetRequiredService<ShopDb>());
    }
}
