namespace Shop.Sabotages;

/// <summary>The guarantees that can be switched off.</summary>
internal enum Sabotage
{
    Inbox,
    Outbox,
    Order,
    Hold,
    Acknowledge,
    Stock,
    Idempotency,
    Signature,
    Store,
    Ship,
    Query,
    Surplus,
    Refund,
}
