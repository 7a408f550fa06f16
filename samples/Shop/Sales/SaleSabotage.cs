namespace Shop.Sales;

/// <summary>The guarantees of the sale that can be switched off.</summary>
internal enum SaleSabotage
{
    Gate,
    Once,
    Answer,
    Limit,
    Sweep,
    Return,
}
