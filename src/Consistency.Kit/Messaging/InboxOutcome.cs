namespace Consistency.Kit.Messaging;

/// <summary>What became of a message that was offered to a consumer.</summary>
public enum InboxOutcome
{
    /// <summary>It was handled now.</summary>
    Handled,

    /// <summary>It had been handled before; nothing was done.</summary>
    Duplicate,

    /// <summary>Nothing was done, because an earlier message of its key is held; it must be held behind it.</summary>
    KeyHeld,
}
