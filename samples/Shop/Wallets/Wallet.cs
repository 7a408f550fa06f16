namespace Shop.Wallets;

/// <summary>What a customer may order for: a limit that the shop keeps. The money itself comes through the payment provider.</summary>
internal sealed class Wallet
{
    public int Customer { get; init; }

    /// <summary>What was there before the first order.</summary>
    public decimal Initial { get; init; }

    public decimal Available { get; set; }

    /// <summary>Held for orders that are not decided yet.</summary>
    public decimal Frozen { get; set; }

    public decimal Spent { get; set; }
}
