namespace Consistency.Kit.Messaging;

/// <summary>What happens to a message whose type this application does not know.</summary>
public enum UnknownType
{
    /// <summary>It is parked and nothing is lost. No handler is known that could be kept waiting, so the later messages of its key go on.</summary>
    Park,

    /// <summary>It is acknowledged and forgotten: for a topic that others share.</summary>
    Ignore,
}
