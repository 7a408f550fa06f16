using System.Diagnostics;

namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>Counts the commands and batches this process sends to one database, each of which is one round trip.</summary>
internal sealed class RoundTrips : IDisposable
{
    private readonly ActivityListener _listener;
    private int _count;

    internal RoundTrips(Database database)
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Npgsql",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if (Equals(activity.GetTagItem("db.namespace") ?? activity.GetTagItem("db.name"), database.Name))
                {
                    Interlocked.Increment(ref _count);
                }
            },
        };
        ActivitySource.AddActivityListener(_listener);
    }

    internal int Count => Volatile.Read(ref _count);

    public void Dispose() => _listener.Dispose();
}
