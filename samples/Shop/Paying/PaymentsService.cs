using Consistency.Kit.TestServers;

namespace Shop.Paying;

/// <summary>The process that takes payments: run as a command, killed and started again by the drill.</summary>
internal sealed class PaymentsService(PaymentsSettings settings) : IAsyncDisposable
{
    internal const string Name = "payments-service";

    private const string Ready = "ready";
    private const string Stop = "stop";
    private const int MaxFaults = 3;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private ChildProcess? _process;
    private int _faults;

    internal int Starts { get; private set; }

    internal static async Task<int> RunAsync(PaymentsSettings settings)
    {
        await using var host = PaymentsHost.Build(settings);
        await host.StartAsync();
        Console.WriteLine(Ready);
        while (await Console.In.ReadLineAsync() is { } line && line != Stop)
        {
        }

        await host.StopAsync();
        return 0;
    }

    internal async Task StartAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        Starts++;
        string[] arguments = [Name, settings.Write()];
        var self = Environment.ProcessPath!;
        _process = Path.GetFileNameWithoutExtension(self) == "dotnet"
            ? ChildProcess.StartDotnet(typeof(PaymentsService).Assembly.Location, arguments)
            : ChildProcess.Start(self, arguments);
        await _process.WaitForLineAsync(line => line == Ready, StartTime);
    }

    internal async Task KillAsync()
    {
        await _process!.KillAsync();
        await StartAsync();
    }

    /// <summary>Starts it again when it ended without being asked to.</summary>
    /// <exception cref="Drills.WorkerFailedException">It does so again and again.</exception>
    internal async Task KeepAsync()
    {
        if (_process!.HasExited)
        {
            if (++_faults > MaxFaults)
            {
                throw new Drills.WorkerFailedException(string.Join(Environment.NewLine, _process.ErrorLines.TakeLast(20)));
            }

            await StartAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }
}
