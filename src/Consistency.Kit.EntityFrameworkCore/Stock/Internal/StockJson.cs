using System.Text.Json.Serialization;

namespace Consistency.Kit.EntityFrameworkCore.Stock.Internal;

[JsonSerializable(typeof(StockAccepted))]
[JsonSerializable(typeof(StockReleased))]
internal sealed partial class StockJson : JsonSerializerContext;
