using Consistency.Kit.TestServers;
using Shop.Workers;

namespace Shop.Drills;

/// <summary>The running worker, and a new one after each kill.</summary>
internal sealed class WorkerProcess(ShopSettings settings) : IAsyncDisposable
{
    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(60);
    private ChildProcess? _process;

    internal int Starts { get; private set; }

    internal bool HasExited => _process!.HasExited;

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        string[] arguments = [WorkerCommand.Name, (settings with { Incarnation = Starts++ }).Write()];
        var self = Environment.ProcessPath!;
        _process = Path.GetFileNameWithoutExtension(self) == "dotnet"
            ? ChildProcess.StartDotnet(typeof(WorkerProcess).Assembly.Location, arguments)
            : ChildProcess.Start(self, arguments);
        await _process.WaitForLineAsync(line => line == WorkerCommand.Ready, StartTime, cancellationToken: cancellationToken);
    }

    internal Task KillAsync() => _process!.KillAsync();

    /// <summary>Lets the worker kill itself at the named point, or kills it when it does not come there in time.</summary>
    internal async Task KillAtAsync(string point, TimeSpan patience)
    {
        await TrySendAsync(WorkerCommand.Crash + point);
        using var timeout = new CancellationTokenSource(patience);
        try
        {
            await _process!.WaitForExitAsync(timeout.Token);
        }
        catch (OperationCanceledException)
        {
            await KillAsync();
        }
    }

    internal async Task StopAsync()
    {
        await TrySendAsync(WorkerCommand.Stop);
        await _process!.WaitForExitAsync();
    }

    /// <summary>What the worker said last; for the case that it ended without being asked to.</summary>
    internal string LastWords() => string.Join(Environment.NewLine, _process!.ErrorLines.TakeLast(20));

    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }
    }

    private async Task TrySendAsync(string line)
    {
        try
        {
            await _process!.SendLineAsync(line);
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }
}
