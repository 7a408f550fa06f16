namespace Shop.Paying;

/// <summary>What was sent to a customer. No unique index: that it happens once is the drill's to prove.</summary>
internal sealed class Parcel
{
    public long Id { get; init; }

    public Guid Order { get; init; }
}
