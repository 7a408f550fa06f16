namespace Consistency.Kit.AspNetCore.Tests.Remote;

public sealed class Wallet
{
    public int Id { get; set; }

    public int Available { get; set; }

    public int Frozen { get; set; }

    public int Spent { get; set; }
}
