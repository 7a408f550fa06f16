namespace Consistency.Kit.Messaging;

/// <summary>What became of one message of a batch.</summary>
public readonly record struct Delivery
{
    private Delivery(DeliveryStatus status, Exception? error)
    {
        Status = status;
        Error = error;
    }

    /// <summary>The broker has stored it durably (or, in process, every handler has committed).</summary>
    public static Delivery Acknowledged => new(DeliveryStatus.Acknowledged, null);

    /// <summary>What became of it.</summary>
    public DeliveryStatus Status { get; }

    /// <summary>Why it was not acknowledged.</summary>
    public Exception? Error { get; }

    /// <summary>This message itself was refused and is not in the log: too large, no such topic, not authorized.</summary>
    /// <param name="error">The broker's reason.</param>
    public static Delivery Rejected(Exception error) => new(DeliveryStatus.Rejected, error);

    /// <summary>It may or may not have arrived; the transport, not the message, is in trouble.</summary>
    /// <param name="error">The trouble.</param>
    public static Delivery Unknown(Exception error) => new(DeliveryStatus.Unknown, error);
}
