using System.Text.Json.Serialization;

namespace Shop.Paying;

internal sealed record OrderIsPaid(Guid Order);

[JsonSerializable(typeof(OrderIsPaid))]
[JsonSerializable(typeof(PaymentsSettings))]
internal sealed partial class PayJson : JsonSerializerContext;
