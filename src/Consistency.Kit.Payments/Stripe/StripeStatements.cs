using System.Runtime.CompilerServices;
using System.Text;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Stripe;

/// <summary>Reads Stripe's itemized reports of balance changes (<c>balance_change_from_activity.itemized</c>, or of a payout) as CSV.</summary>
/// <remarks>
/// A report is run at Stripe first, with the columns <c>created_utc</c>, <c>reporting_category</c>, <c>currency</c>, <c>gross</c>,
/// <c>payment_intent_id</c>, <c>payment_metadata[order_number]</c> and <c>refund_metadata[refund_number]</c>, and where money is converted
/// <c>customer_facing_currency</c> and <c>customer_facing_amount</c>. Lines of category <c>charge</c> and <c>refund</c> count; payments
/// without an order number are of something else. It has no totals and no hash.
/// </remarks>
public sealed class StripeStatements : IPaymentStatements
{
    private readonly Func<DateOnly, CancellationToken, ValueTask<Stream>> _open;
    private readonly string _orderKey;

    /// <summary>Takes what opens a day's report.</summary>
    /// <param name="open">Opens the report of a day, which is closed when it is read. Throws while there is none yet.</param>
    /// <param name="orderKey">As in <see cref="StripeOptions.OrderKey"/>.</param>
    public StripeStatements(Func<DateOnly, CancellationToken, ValueTask<Stream>> open, string orderKey = "order_number")
    {
        ArgumentNullException.ThrowIfNull(open);
        ArgumentException.ThrowIfNullOrWhiteSpace(orderKey);
        (_open, _orderKey) = (open, orderKey);
    }

    /// <inheritdoc />
    public async IAsyncEnumerable<PaymentStatementLine> ReadAsync(DateOnly day, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var report = await _open(day, cancellationToken).ConfigureAwait(false);
        await using (report.ConfigureAwait(false))
        {
            StatementColumns? columns = null;
            await foreach (var record in StatementText.RecordsAsync(report, Encoding.UTF8, cancellationToken).ConfigureAwait(false))
            {
                if (columns is null)
                {
                    columns = new StatementColumns(record);
                }
                else if (Row(record, columns) is { } line)
                {
                    yield return line;
                }
            }

            if (columns is null)
            {
                throw new InvalidDataException("The report has no header.");
            }
        }
    }

    private PaymentStatementLine? Row(string[] record, StatementColumns columns)
    {
        var category = columns.Of(record, "reporting_category");
        var order = columns.Of(record, $"payment_metadata[{_orderKey}]");
        if (category is not ("charge" or "refund") || (category == "charge" && order.Length == 0))
        {
            return null;
        }

        // What the customer paid, where the account is settled in another currency.
        var isConverted = columns.Has("customer_facing_amount") && columns.Of(record, "customer_facing_amount").Length > 0;
        var currency = columns.Of(record, isConverted ? "customer_facing_currency" : "currency").ToUpperInvariant();
        var amount = StatementText.Amount(columns.Of(record, isConverted ? "customer_facing_amount" : "gross"), currency);
        var (intent, at) = (columns.Of(record, "payment_intent_id"), StatementText.Time(columns.Of(record, "created_utc"), TimeSpan.Zero));
        return category == "charge"
            ? new PaymentStatementLine.Payment(order, intent, amount, currency, at)
            : new PaymentStatementLine.Refund(order, intent, columns.Of(record, "refund_metadata[refund_number]"), Math.Abs(amount), currency, at, true);
    }
}
