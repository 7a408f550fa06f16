using System.Diagnostics;
using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;
using Shop.Chaos;
using Shop.Stocks;

namespace Shop.Workers;

/// <summary>The process that is killed: hosts the shop until its parent says stop, or is gone.</summary>
internal static class WorkerCommand
{
    internal const string Name = "worker";

    internal const string Ready = "ready";

    internal const string Stop = "stop";

    internal const string Crash = "crash ";

    internal static async Task<int> RunAsync(ShopSettings settings)
    {
        using var tally = Tally.Open(settings.TallyFile);
        using var dropped = CountDroppedDuplicates(tally);
        var crash = new CrashSwitch(tally);
        using var listening = DiagnosticListener.AllListeners.Subscribe(crash);
        await using var host = ShopHost.Build(settings, tally);

        // A killed worker leaves its socket behind.
        File.Delete(settings.Socket);
        await host.StartAsync();
        await Shelves.FillAsync(host.Services, settings, CancellationToken.None);
        Console.WriteLine(Ready);
        while (await Console.In.ReadLineAsync() is { } line && line != Stop)
        {
            if (line.StartsWith(Crash, StringComparison.Ordinal))
            {
                crash.Arm(line[Crash.Length..]);
            }
        }

        await host.StopAsync();
        return 0;
    }

    private static MeterListener CountDroppedDuplicates(Tally tally)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, own) =>
            {
                if (instrument.Meter.Name == KitDiagnostics.Name && instrument.Name == "consistency.inbox.messages")
                {
                    own.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, _, tags, _) =>
        {
            foreach (var tag in tags)
            {
                if (tag is { Key: "consistency.outcome", Value: "duplicate" })
                {
                    tally.Count(Fact.DuplicatesDropped);
                }
            }
        });
        listener.Start();
        return listener;
    }
}
