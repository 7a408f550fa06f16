namespace Shop.Wallets;

internal sealed record FreezeMoney(int Customer, decimal Amount);
