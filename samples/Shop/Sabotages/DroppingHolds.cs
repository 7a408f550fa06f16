using Consistency.Kit.Messaging;

namespace Shop.Sabotages;

/// <summary>Forgets the messages whose handlers failed instead of keeping them for another attempt.</summary>
internal sealed class DroppingHolds(IInboxHolds inner) : IInboxHolds
{
    public ValueTask HoldAsync(IReadOnlyList<HeldMessage> messages, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public ValueTask<IReadOnlyList<HeldMessage>> ListDueAsync(IReadOnlyCollection<string> consumers, TimeSpan within, int limit, CancellationToken cancellationToken) =>
        inner.ListDueAsync(consumers, within, limit, cancellationToken);

    public ValueTask<bool> TryClaimAsync(HeldMessage held, TimeSpan lease, CancellationToken cancellationToken) =>
        inner.TryClaimAsync(held, lease, cancellationToken);

    public ValueTask UpdateAsync(HeldMessage held, CancellationToken cancellationToken) => inner.UpdateAsync(held, cancellationToken);
}
