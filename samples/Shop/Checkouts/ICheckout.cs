using Shop.Orders;
using Shop.Stocks;

namespace Shop.Checkouts;

/// <summary>How an order goes from the customer's request to its end.</summary>
internal interface ICheckout
{
    /// <summary>Begins with the save that places the order.</summary>
    void Begin(ShopDb db, Order order);

    /// <summary>Goes on with the commit that notes the payment.</summary>
    void Paid(ShopDb db, Guid order, decimal amount);

    /// <summary>Gives back what the order held, with the commit that notes that nobody can pay it any more.</summary>
    Task UnpaidAsync(ShopDb db, IShelf shelf, Guid order, CancellationToken cancellationToken);
}
