namespace Consistency.Kit.Payments;

/// <summary>What an order is to be paid with.</summary>
public sealed record ExpectedPayment
{
    /// <summary>The merchant's number of the order, as the provider is told it; unique. At most 64 characters.</summary>
    public required string OrderNumber { get; init; }

    /// <summary>The provider, as it is registered.</summary>
    public required string Provider { get; init; }

    /// <summary>Who is to be paid. At most 100 characters.</summary>
    public required string Merchant { get; init; }

    /// <summary>How much, in the currency's smallest unit.</summary>
    public required long Amount { get; init; }

    /// <summary>The currency, as in ISO 4217.</summary>
    public required string Currency { get; init; }

    /// <summary>How long somebody may pay; then the order is closed. Default: 30 minutes.</summary>
    public TimeSpan CloseAfter { get; init; } = TimeSpan.FromMinutes(30);
}
