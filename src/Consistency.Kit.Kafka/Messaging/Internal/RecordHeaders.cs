namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>The names of the headers that the kit writes: CloudEvents' Kafka binding in binary mode, and W3C Trace Context.</summary>
internal static class RecordHeaders
{
    internal const string Prefix = "ce_";
    internal const string Id = "ce_id";
    internal const string Source = "ce_source";
    internal const string SpecVersion = "ce_specversion";
    internal const string Type = "ce_type";
    internal const string Time = "ce_time";
    internal const string ContentType = "content-type";
    internal const string TraceParent = "traceparent";
    internal const string TraceState = "tracestate";

    /// <summary>Whether the name belongs to the kit, so that a publisher's own header of that name is left out.</summary>
    internal static bool IsReserved(string name) =>
        name.StartsWith(Prefix, StringComparison.OrdinalIgnoreCase)
        || name.Equals(ContentType, StringComparison.OrdinalIgnoreCase)
        || name.Equals(TraceParent, StringComparison.OrdinalIgnoreCase)
        || name.Equals(TraceState, StringComparison.OrdinalIgnoreCase);
}
