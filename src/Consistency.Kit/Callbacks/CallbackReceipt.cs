namespace Consistency.Kit.Callbacks;

/// <summary>What became of a callback that came in.</summary>
public abstract record CallbackReceipt
{
    private CallbackReceipt()
    {
    }

    /// <summary>It is stored; it will be processed whatever happens to this process.</summary>
    public sealed record Stored : CallbackReceipt;

    /// <summary>It was stored before.</summary>
    public sealed record Repeated : CallbackReceipt;

    /// <summary>It is not believed; nothing is stored.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record Refused(CallbackRefusal Reason) : CallbackReceipt;
}
