using System.Diagnostics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.CrashShop;

/// <summary>Ends this process with SIGKILL when it stands at the named crash point for the n-th time: no finally, no flush, no goodbye.</summary>
internal sealed class SelfDestruct(string point, int hit) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
{
    private int _hits;

    public static void Arm(string point, int hit)
    {
        if (point.Length > 0)
        {
            DiagnosticListener.AllListeners.Subscribe(new SelfDestruct(point, hit));
        }
    }

    public void OnNext(DiagnosticListener value)
    {
        if (value.Name == CrashPoint.ListenerName)
        {
            value.Subscribe(this, name => name == point);
        }
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (Interlocked.Increment(ref _hits) != hit)
        {
            return;
        }

        using var self = Process.GetCurrentProcess();
        self.Kill();

        // The signal is on its way; this thread must not do another step.
        new ManualResetEventSlim().Wait();
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
