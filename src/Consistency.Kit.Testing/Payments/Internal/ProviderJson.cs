using System.Buffers;
using System.Text;
using System.Text.Json;

namespace Consistency.Kit.Testing.Payments.Internal;

/// <summary>What the simulator and its client say to each other.</summary>
internal static class ProviderJson
{
    internal static string Write(IReadOnlyList<SimulatedPayment> payments, bool closed, string merchant) => Text(json =>
    {
        json.WriteStartObject();
        json.WriteBoolean("closed"u8, closed);
        json.WriteStartArray("payments"u8);
        foreach (var payment in payments)
        {
            Write(json, payment, merchant);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    });

    internal static string Write(SimulatedPayment payment, string merchant) => Text(json => Write(json, payment, merchant));

    internal static string Write(SimulatedRefund refund) => Text(json =>
    {
        json.WriteStartObject();
        json.WriteString("number"u8, refund.Number);
        json.WriteString("transaction"u8, refund.TransactionId);
        json.WriteNumber("amount"u8, refund.Amount);
        json.WriteEndObject();
    });

    internal static string Write(SimulatedCharge charge) => Text(json =>
    {
        json.WriteStartObject();
        json.WriteString("key"u8, charge.Key);
        json.WriteString("order"u8, charge.OrderNumber);
        json.WriteNumber("amount"u8, charge.Amount);
        json.WriteString("currency"u8, charge.Currency);
        json.WriteEndObject();
    });

    /// <exception cref="FormatException">It is no refund.</exception>
    internal static SimulatedRefund ReadRefund(string text) => Read(text, "refund", root => new SimulatedRefund(
        root.GetProperty("number"u8).GetString()!,
        root.GetProperty("transaction"u8).GetString()!,
        root.GetProperty("amount"u8).GetInt64()));

    /// <exception cref="FormatException">It is no charge.</exception>
    internal static SimulatedCharge ReadCharge(string text) => Read(text, "charge", root => new SimulatedCharge(
        root.GetProperty("key"u8).GetString()!,
        root.GetProperty("order"u8).GetString()!,
        root.GetProperty("amount"u8).GetInt64(),
        root.GetProperty("currency"u8).GetString()!));

    private static T Read<T>(string text, string kind, Func<JsonElement, T> read)
    {
        try
        {
            using var json = JsonDocument.Parse(text);
            return read(json.RootElement);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new FormatException($"This is no {kind}.", exception);
        }
    }

    private static void Write(Utf8JsonWriter json, SimulatedPayment payment, string merchant)
    {
        json.WriteStartObject();
        json.WriteString("transaction"u8, payment.TransactionId);
        json.WriteString("order"u8, payment.OrderNumber);
        json.WriteString("merchant"u8, merchant);
        json.WriteNumber("amount"u8, payment.Amount);
        json.WriteString("currency"u8, payment.Currency);
        json.WriteEndObject();
    }

    private static string Text(Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            write(json);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }
}
