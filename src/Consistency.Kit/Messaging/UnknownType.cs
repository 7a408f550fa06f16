namespace Consistency.Kit.Messaging;

/// <summary>What happens to a message whose type this application does not know.</summary>
public enum UnknownType
{
    /// <summary>It is parked, and its key is held or goes on as <see cref="InboxOptions.AfterPark"/> says: nothing is lost.</summary>
    Park,

    /// <summary>It is acknowledged and forgotten: for a topic that others share.</summary>
    Ignore,
}
