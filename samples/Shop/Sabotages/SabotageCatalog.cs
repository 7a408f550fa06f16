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

    /// <summary>Those of the payments drill.</summary>
    internal static readonly (string Name, Sabotage Sabotage, string Effect)[] Payments =
    [
        ("signature", Sabotage.Signature, "callbacks are believed without looking at their signature"),
        ("store", Sabotage.Store, "some callbacks are acknowledged before they are stored"),
        ("ship", Sabotage.Ship, "every callback ships the order"),
        ("query", Sabotage.Query, "the provider is never asked"),
        ("surplus", Sabotage.Surplus, "what was paid too much is noted as given back, and kept"),
        ("refund", Sabotage.Refund, "each attempt at a refund has a number of its own"),
    ];

    internal static string NameOf(Sabotage sabotage) => All.Concat(Payments).First(item => item.Sabotage == sabotage).Name;
}
