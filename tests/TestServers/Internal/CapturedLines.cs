namespace Consistency.Kit.TestServers.Internal;

/// <summary>The lines a process writes, kept from the first to the last; readers wait for the next one.</summary>
internal sealed class CapturedLines
{
    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _changed = New();
    private bool _ended;

    public IReadOnlyList<string> Snapshot()
    {
        lock (_gate)
        {
            return [.. _lines];
        }
    }

    public async Task ReadAsync(TextReader reader)
    {
        try
        {
            while (await reader.ReadLineAsync().ConfigureAwait(false) is { } line)
            {
                Change(() => _lines.Add(line));
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The process object was disposed of while a grandchild held the pipe.
        }

        Change(() => _ended = true);
    }

    /// <summary>The first line at or after <paramref name="from"/> that matches; null when the output ended without one.</summary>
    public async Task<string?> FindAsync(Func<string, bool> predicate, int from, CancellationToken cancellationToken)
    {
        for (var next = from; ;)
        {
            string? line = null;
            Task changed;
            lock (_gate)
            {
                changed = _changed.Task;
                if (next < _lines.Count)
                {
                    line = _lines[next++];
                }
                else if (_ended)
                {
                    return null;
                }
            }

            if (line is null)
            {
                await changed.WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            else if (predicate(line))
            {
                return line;
            }
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Change(Action change)
    {
        TaskCompletionSource changed;
        lock (_gate)
        {
            change();
            changed = _changed;
            _changed = New();
        }

        changed.SetResult();
    }
}
