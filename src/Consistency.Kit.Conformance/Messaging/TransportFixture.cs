using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>A transport with somebody at its other end.</summary>
public abstract class TransportFixture : IAsyncDisposable
{
    /// <summary>The transport.</summary>
    public abstract ITransport Transport { get; }

    /// <summary>The topic to send to; it exists.</summary>
    public abstract string Topic { get; }

    /// <summary>A registered type whose body is a JSON number.</summary>
    public abstract string Type { get; }

    /// <summary>Whether <see cref="BreakAsync"/> and <see cref="RestoreAsync"/> do anything.</summary>
    public virtual bool CanBreak => false;

    /// <summary>The largest body the other end takes, in bytes; null when there is no limit of its own.</summary>
    public virtual int? MaxBytes => null;

    /// <summary>What has arrived so far, in the order of arrival, repetitions included.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public abstract ValueTask<IReadOnlyList<TransportMessage>> ReceivedAsync(CancellationToken cancellationToken);

    /// <summary>Takes the other end away.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public virtual ValueTask BreakAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <summary>Brings it back.</summary>
    /// <param name="cancellationToken">Cancels the call.</param>
    public virtual ValueTask RestoreAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    /// <inheritdoc />
    public abstract ValueTask DisposeAsync();
}
