using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Shop.Payments;

/// <summary>Stands for another company's system: it charges once per idempotency key, and its books know nothing of the shop's transactions.</summary>
internal sealed class PaymentGateway(IServiceScopeFactory scopes)
{
    /// <summary>Charges a customer, or says that it has done so.</summary>
    /// <returns>The charge's number.</returns>
    internal async Task<string> ChargeAsync(string key, Guid order, decimal amount, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var books = scope.ServiceProvider.GetRequiredService<ShopDb>();
        if (!await books.Charges.AnyAsync(charge => charge.Key == key, cancellationToken))
        {
            books.Charges.Add(new Charge { Key = key, Order = order, Amount = amount });
            try
            {
                await books.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateException) when (books.Charges.AsNoTracking().Any(charge => charge.Key == key))
            {
                // Asked twice at once.
            }
        }

        return key;
    }
}
