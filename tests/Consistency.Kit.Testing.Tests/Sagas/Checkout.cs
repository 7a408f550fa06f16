using System.Text.Json.Serialization;

namespace Consistency.Kit.Testing.Tests.Sagas;

public sealed record Checkout(string Order, int Quantity);

public sealed record Reservation(int Quantity);

public sealed record Receipt(string Number);

public sealed record Delivered(string To);

[JsonSerializable(typeof(Checkout))]
[JsonSerializable(typeof(Reservation))]
[JsonSerializable(typeof(Receipt))]
[JsonSerializable(typeof(Delivered))]
internal sealed partial class CheckoutJson : JsonSerializerContext;

[JsonSerializable(typeof(Checkout))]
internal sealed partial class PoorJson : JsonSerializerContext;
