namespace Shop.Sabotages;

/// <summary>The sabotages by their names on the command line.</summary>
internal static class SabotageCatalog
{
    internal static readonly (string Name, Sabotage Sabotage, string Effect)[] All =
    [
        ("inbox", Sabotage.Inbox, "each delivery is claimed under a new message id"),
        ("outbox", Sabotage.Outbox, "messages go to the transport past the transaction"),
        ("order", Sabotage.Order, "the transport shuffles the messages of a key"),
        ("hold", Sabotage.Hold, "a message whose handler failed is dropped"),
        ("acknowledge", Sabotage.Acknowledge, "the transport acknowledges some messages unsent"),
        ("stock", Sabotage.Stock, "stock is read from a cache and written back"),
        ("idempotency", Sabotage.Idempotency, "each request is remembered under a key of its own"),
    ];

    internal static string NameOf(Sabotage sabotage) => Array.Find(All, item => item.Sabotage == sabotage).Name;
}
