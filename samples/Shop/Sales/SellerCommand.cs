using System.Diagnostics;
using Shop.Chaos;

namespace Shop.Sales;

/// <summary>A seller's process: sells until its parent says stop, or is gone, or kills it.</summary>
internal static class SellerCommand
{
    internal const string Name = "seller";

    internal const string Ready = "ready";

    internal const string Stop = "stop";

    internal const string Crash = "crash ";

    internal static async Task<int> RunAsync(SaleSettings settings)
    {
        using var tally = Tally.Open(settings.TallyFile);
        var crash = new CrashSwitch(tally);
        using var listening = DiagnosticListener.AllListeners.Subscribe(crash);
        await using var host = SaleHost.Build(settings, tally);
        ThreadPool.SetMinThreads(32, 32);

        // A killed seller leaves its socket behind.
        File.Delete(settings.Socket);
        await host.StartAsync();
        Console.WriteLine(Ready);
        while (await Console.In.ReadLineAsync() is { } line && line != Stop)
        {
            if (line == Crash)
            {
                using var self = Process.GetCurrentProcess();
                self.Kill();
            }
            else if (line.StartsWith(Crash, StringComparison.Ordinal))
            {
                crash.Arm(line[Crash.Length..]);
            }
        }

        await host.StopAsync();
        return 0;
    }
}
