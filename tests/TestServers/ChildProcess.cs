using System.Diagnostics;
using System.Text;
using Consistency.Kit.TestServers.Internal;

namespace Consistency.Kit.TestServers;

/// <summary>A process of ours that a test watches, freezes and kills.</summary>
/// <remarks>On Linux it is killed by the kernel when this process ends, however that happens.</remarks>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan OutputGrace = TimeSpan.FromSeconds(5);
    private readonly Process _process;
    private readonly CapturedLines _output = new();
    private readonly CapturedLines _errors = new();
    private readonly Task _reading;
    private readonly string _name;
    private bool _disposed;

    private ChildProcess(Process process, string name)
    {
        _process = process;
        _name = name;
        Id = process.Id;
        _reading = Task.WhenAll(_output.ReadAsync(process.StandardOutput), _errors.ReadAsync(process.StandardError));
    }

    /// <summary>The process id.</summary>
    public int Id { get; }

    /// <summary>True once the process has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>What the process has written to standard output so far, oldest first; a snapshot.</summary>
    public IReadOnlyList<string> Lines => _output.Snapshot();

    /// <summary>What the process has written to standard error so far, oldest first; a snapshot.</summary>
    public IReadOnlyList<string> ErrorLines => _errors.Snapshot();

    /// <summary>Starts <c>dotnet assembly arguments</c> with the host that runs this process.</summary>
    /// <param name="assembly">Path of the dll; its runtimeconfig.json lies beside it.</param>
    /// <param name="arguments">Passed one by one, never parsed by a shell.</param>
    /// <param name="environment">Added to the inherited environment; a null value removes a variable.</param>
    public static ChildProcess StartDotnet(
        string assembly, IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string?>? environment = null)
    {
        if (!File.Exists(assembly))
        {
            throw new FileNotFoundException("There is no such program to start.", assembly);
        }

        return Start(Executable.Dotnet, [assembly, .. arguments ?? []], environment);
    }

    /// <summary>Starts a program found on the path or given by its full name.</summary>
    /// <param name="program">Name or path of the executable.</param>
    /// <param name="arguments">Passed one by one, never parsed by a shell.</param>
    /// <param name="environment">Added to the inherited environment; a null value removes a variable.</param>
    public static ChildProcess Start(
        string program, IEnumerable<string>? arguments = null, IReadOnlyDictionary<string, string?>? environment = null) =>
        Start(Launch.Bound(program, [.. arguments ?? []]), Path.GetFileName(program), environment);

    internal static ChildProcess Start(Launch launch, string name, IReadOnlyDictionary<string, string?>? environment = null)
    {
        var info = new ProcessStartInfo(launch.Program, launch.Arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string?>())
        {
            info.Environment[key] = value;
        }

        return new ChildProcess(Spawner.Start(info), name);
    }

    /// <summary>Waits for a line on standard output; lines already written count.</summary>
    /// <param name="predicate">Asked once a line, in order.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="from">How many of the first lines to pass over.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The first line that matches.</returns>
    /// <exception cref="TimeoutException">No such line in time; the message carries the output.</exception>
    /// <exception cref="InvalidOperationException">The process closed its output without such a line; the message carries the output.</exception>
    public async Task<string> WaitForLineAsync(
        Func<string, bool> predicate, TimeSpan timeout, int from = 0, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(predicate);

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(timeout);
        try
        {
            return await _output.FindAsync(predicate, from, deadline.Token).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"{_name} ended without the expected line.{Transcript()}");
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"{_name} did not write the expected line within {timeout}.{Transcript()}");
        }
    }

    /// <summary>Writes a line to the process's standard input.</summary>
    public async Task SendLineAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line).ConfigureAwait(false);
        await _process.StandardInput.FlushAsync().ConfigureAwait(false);
    }

    /// <summary>Closes the process's standard input, which programs that read it take as the request to end.</summary>
    public void CloseInput() => _process.StandardInput.Close();

    /// <summary>Kills the process with SIGKILL, also a stopped one; returns once it is gone. Does nothing when it has ended.</summary>
    public async Task KillAsync()
    {
        if (!_process.HasExited)
        {
            Signals.Send(Id, Signals.Kill);
        }

        await WaitForExitAsync().ConfigureAwait(false);
    }

    /// <summary>Freezes the process (SIGSTOP): its connections stay open and nothing answers.</summary>
    public void Stop() => Signals.Send(Id, Signals.Stop);

    /// <summary>Lets a frozen process go on (SIGCONT).</summary>
    public void Continue() => Signals.Send(Id, Signals.Continue);

    /// <summary>Waits until the process has ended and its output was read.</summary>
    /// <returns>The exit code; 128 plus the signal's number when a signal ended it (137 for SIGKILL).</returns>
    public async Task<int> WaitForExitAsync(CancellationToken cancellationToken = default)
    {
        await _process.WaitForExitAsync(cancellationToken).ConfigureAwait(false);

        // A grandchild may hold the output open for as long as it lives: don't wait for that.
        await Task.WhenAny(_reading, Task.Delay(OutputGrace, TimeProvider.System, cancellationToken)).ConfigureAwait(false);
        return _process.ExitCode;
    }

    /// <summary>Kills the process when it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await KillAsync().ConfigureAwait(false);
        _process.Dispose();
    }

    private string Transcript()
    {
        const int most = 50;
        var text = new StringBuilder();
        foreach (var line in Lines.TakeLast(most).Concat(ErrorLines.TakeLast(most)))
        {
            text.AppendLine().Append("  | ").Append(line);
        }

        return text.ToString();
    }
}
