using System.Collections.Concurrent;
using System.Diagnostics;

namespace Consistency.Kit.TestServers.Internal;

/// <summary>Starts every process from one thread that lives as long as this process.</summary>
/// <remarks>
/// A parent-death signal is sent when the <em>thread</em> that forked ends. Pool threads end when idle, which would
/// kill healthy servers.
/// </remarks>
internal static class Spawner
{
    private static readonly BlockingCollection<Action> Work = [];

    static Spawner() => new Thread(() =>
    {
        foreach (var action in Work.GetConsumingEnumerable())
        {
            action();
        }
    })
    { IsBackground = true, Name = "TestServers spawner" }.Start();

    public static Process Start(ProcessStartInfo info)
    {
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        Work.Add(() =>
        {
            try
            {
                started.SetResult(Process.Start(info)!);
            }
            catch (Exception exception)
            {
                started.SetException(exception);
            }
        });
        return started.Task.GetAwaiter().GetResult();
    }
}
