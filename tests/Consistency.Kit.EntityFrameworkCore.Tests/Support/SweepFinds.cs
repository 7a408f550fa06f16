using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Support;

/// <summary>Counts the sweeps of this process and what they find, which has to be nothing.</summary>
internal sealed class SweepFinds : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _found;
    private int _sweeps;

    internal SweepFinds()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == KitDiagnostics.Name && instrument.Name == "consistency.outbox.sweep.found")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, found, _, _) =>
        {
            Interlocked.Add(ref _found, found);
            Interlocked.Increment(ref _sweeps);
        });
        _listener.Start();
    }

    internal long Found => Interlocked.Read(ref _found);

    internal int Sweeps => Volatile.Read(ref _sweeps);

    public void Dispose() => _listener.Dispose();
}
