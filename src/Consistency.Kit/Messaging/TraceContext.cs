using System.Diagnostics;

namespace Consistency.Kit.Messaging;

/// <summary>Reads and writes the trace context that rows and headers carry (W3C Trace Context).</summary>
internal static class TraceContext
{
    /// <summary>The context to store with a message: the current activity's, or the start of a new chain.</summary>
    internal static (string TraceParent, string? TraceState) Capture()
    {
        var current = Activity.Current;
        if (current is { IdFormat: ActivityIdFormat.W3C, Id: { } id })
        {
            return (id, Bounded(current.TraceStateString));
        }

        return ($"00-{ActivityTraceId.CreateRandom().ToHexString()}-{ActivitySpanId.CreateRandom().ToHexString()}-00", null);
    }

    /// <summary>The trace id, or null when the header is missing or lies.</summary>
    internal static string? ChainOf(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context.TraceId.ToHexString() : null;

    /// <summary>Starts the activity of one step of the chain; an activity is started even when nobody listens, so that the chain goes on.</summary>
    internal static Activity Start(string name, ActivityKind kind, string? traceParent, string? traceState)
    {
        _ = ActivityContext.TryParse(traceParent, traceState, isRemote: true, out var parent);
        if (parent == default)
        {
            // No trace, or a lie: a chain of its own, not a part of whatever happens to run here.
            Activity.Current = null;
        }

        var activity = Diagnostics.KitDiagnostics.Source.StartActivity(name, kind, parent);
        if (activity is not null)
        {
            return activity;
        }

        activity = new Activity(name);
        activity.SetIdFormat(ActivityIdFormat.W3C);
        if (parent != default)
        {
            activity.SetParentId(parent.TraceId, parent.SpanId, parent.TraceFlags);
            activity.TraceStateString = parent.TraceState;
        }

        return activity.Start();
    }

    private static string? Bounded(string? traceState) => traceState is { Length: > 0 and <= 512 } ? traceState : null;
}
