using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.AspNetCore.Tests.Remote;

/// <summary>What a participant guards: money that is available, frozen or spent.</summary>
public sealed class WalletDb(DbContextOptions<WalletDb> options) : DbContext(options)
{
    public DbSet<Wallet> Wallets => Set<Wallet>();
}
