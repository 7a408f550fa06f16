using System.Text.Json.Serialization;
using Shop.Checkouts;
using Shop.Coupons;
using Shop.Orders;
using Shop.Payments;
using Shop.Shipping;
using Shop.Stocks;
using Shop.Wallets;

namespace Shop;

[JsonSerializable(typeof(OrderPlaced))]
[JsonSerializable(typeof(OrderUpdated))]
[JsonSerializable(typeof(StockTaken))]
[JsonSerializable(typeof(OrderPaid))]
[JsonSerializable(typeof(OrderShipped))]
[JsonSerializable(typeof(Checkout))]
[JsonSerializable(typeof(PaymentDecided))]
[JsonSerializable(typeof(ReserveStock))]
[JsonSerializable(typeof(FreezeMoney))]
[JsonSerializable(typeof(HoldCoupon))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(bool))]
internal sealed partial class ShopJson : JsonSerializerContext;
