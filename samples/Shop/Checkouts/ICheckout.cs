using Shop.Orders;

namespace Shop.Checkouts;

/// <summary>How an order goes from the customer's request to its end.</summary>
internal interface ICheckout
{
    /// <summary>Begins with the save that places the order.</summary>
    void Begin(Order order);

    /// <summary>Goes on with the save that notes the payment.</summary>
    void Paid(Guid order, decimal amount);
}
