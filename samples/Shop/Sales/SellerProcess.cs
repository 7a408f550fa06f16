using Consistency.Kit.TestServers;
using Shop.Drills;

namespace Shop.Sales;

/// <summary>A running seller, and a new one after each kill.</summary>
internal sealed class SellerProcess(SaleSettings settings, SaleClient client) : IAsyncDisposable
{
    private const int MaxFaults = 3;

    private static readonly TimeSpan StartTime = TimeSpan.FromSeconds(90);
    private ChildProcess? _process;
    private bool _isDoomed;

    internal int Kills { get; private set; }

    /// <summary>Whether it sells, and nobody has killed it yet.</summary>
    internal bool IsUp { get; private set; }

    internal async Task StartAsync(CancellationToken cancellationToken)
    {
        if (_process is not null)
        {
            await _process.DisposeAsync();
        }

        _isDoomed = false;
        string[] arguments = [SellerCommand.Name, settings.Write()];
        var self = Environment.ProcessPath!;
        _process = Path.GetFileNameWithoutExtension(self) == "dotnet"
            ? ChildProcess.StartDotnet(typeof(SellerProcess).Assembly.Location, arguments)
            : ChildProcess.Start(self, arguments);
        await _process.WaitForLineAsync(line => line == SellerCommand.Ready, StartTime, cancellationToken: cancellationToken);
        await client.OpenAsync(settings.Socket, cancellationToken);
        IsUp = true;
    }

    /// <summary>Lets it kill itself with SIGKILL, at once or when it next comes to the named point.</summary>
    internal async Task DoomAsync(string? point)
    {
        (_isDoomed, IsUp) = (true, false);
        try
        {
            await _process!.SendLineAsync(SellerCommand.Crash + point);
        }
        catch (IOException)
        {
            // It is gone already.
        }
    }

    /// <summary>Starts it again whenever it is gone, until it is cancelled.</summary>
    /// <exception cref="WorkerFailedException">It ends again and again without being killed.</exception>
    internal async Task KeepAsync(CancellationToken cancellationToken)
    {
        var faults = 0;
        while (true)
        {
            await _process!.WaitForExitAsync(cancellationToken);
            Kills += _isDoomed ? 1 : 0;
            if (!_isDoomed && ++faults > MaxFaults)
            {
                throw new WorkerFailedException(string.Join(Environment.NewLine, _process.ErrorLines.TakeLast(20)));
            }

            await StartAsync(cancellationToken);
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
