using Microsoft.Extensions.DependencyInjection;
using Shop.Chaos;

namespace Shop.Drills;

/// <summary>Runs the worker and its customers, kills it, restarts it, and waits until nothing is left to do.</summary>
/// <param name="settings">The shop's.</param>
/// <param name="kills">How often the worker is killed.</param>
/// <param name="services">Give the shop's database.</param>
/// <param name="shop">What the customers do, until they have what they want or are sent home.</param>
/// <param name="read">How far it all is.</param>
/// <param name="time">The clock.</param>
internal sealed class DrillRun(
    ShopSettings settings, int kills, IServiceProvider services, Func<CancellationToken, Task> shop, Func<ShopDb, Task<IDrillState>> read, TimeProvider time)
{
    private const int MaxFaults = 3;

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan CrashPatience = TimeSpan.FromSeconds(2);

    /// <summary>How long an idle shop is watched for a lost message that might still come.</summary>
    private readonly TimeSpan _idlePatience = settings.Transport == TransportKind.Kafka ? TimeSpan.FromSeconds(30) : TimeSpan.FromSeconds(3);

    /// <summary>How long nothing at all may move: longer than the gaps in the provider's poll plan, and shorter where it is known that something breaks.</summary>
    private readonly TimeSpan _stallPatience = TimeSpan.FromSeconds(settings.Sabotage is null ? 90 : 20);

    internal int Kills { get; private set; }

    internal int Restarts { get; private set; }

    internal TimeSpan Elapsed { get; private set; }

    /// <param name="report">Told the state at each tick.</param>
    /// <param name="cancellationToken">Ends the drill.</param>
    /// <exception cref="WorkerFailedException">The worker ends again and again without being killed.</exception>
    internal async Task RunAsync(Action<IDrillState> report, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var plan = new KillPlan(kills, settings.Seed, CrashSwitch.PointsOf(settings));
        await using var worker = new WorkerProcess(settings);
        await worker.StartAsync(cancellationToken);
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shopping = shop(leaving.Token);
        IDrillState? last = null;
        var moved = time.GetTimestamp();
        var faults = 0;
        while (true)
        {
            var state = await ReadAsync();
            report(state);
            if (!state.Equals(last))
            {
                (last, moved) = (state, time.GetTimestamp());
            }

            if (shopping.IsFaulted)
            {
                await shopping;
            }

            var still = time.GetElapsedTime(moved);
            if (state.IsDrained || (state.IsIdle && still > _idlePatience) || still > _stallPatience)
            {
                break;
            }

            if (plan.Next(state.Share) is { } kill)
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

    private async Task<IDrillState> ReadAsync()
    {
        await using var scope = services.CreateAsyncScope();
        return await read(scope.ServiceProvider.GetRequiredService<ShopDb>());
    }
}
