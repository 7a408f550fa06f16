using System.Globalization;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.WeChatPay.Internal;

/// <summary>Reads the lines of one trade bill. Each field of a row begins with a back-tick, so that names may have commas; the last line has the totals.</summary>
internal sealed class WeChatPayBill
{
    private const string Count = "总交易单数";

    private StatementColumns? _columns;
    private StatementColumns? _totals;
    private string _amount = "";
    private string _refund = "";
    private long _rows;
    private long _paid;
    private long _refunded;
    private bool _isWhole;

    /// <summary>Null for a line that is no payment and no refund.</summary>
    internal PaymentStatementLine? Take(string text)
    {
        if (_columns is null)
        {
            _columns = new StatementColumns(Header(text));

            // The columns have been renamed since coupons are settled otherwise.
            _amount = _columns.First("订单金额", "总金额");
            _refund = _columns.First("申请退款金额", "退款金额");
            return null;
        }

        if (_totals is not null)
        {
            Check(Fields(text));
            return null;
        }

        var header = Header(text);
        if (header[0] == Count)
        {
            _totals = new StatementColumns(header);
            return null;
        }

        return Row(Fields(text), _columns);
    }

    /// <exception cref="InvalidDataException">There was no line with totals.</exception>
    internal void End()
    {
        if (!_isWhole)
        {
            throw new InvalidDataException("The bill ends before its totals: it is not whole.");
        }
    }

    private static string[] Header(string text) => [.. text.Split(',').Select(name => name.Trim('`', '\uFEFF', ' '))];

    private static string[] Fields(string text) => text.TrimStart('`').Split(",`");

    private PaymentStatementLine? Row(string[] fields, StatementColumns columns)
    {
        var currency = columns.Of(fields, "货币种类");
        var (amount, refund) = (StatementText.Amount(columns.Of(fields, _amount), currency), StatementText.Amount(columns.Of(fields, _refund), currency));
        _rows++;
        _paid += amount;
        _refunded += refund;
        var (order, transaction) = (columns.Of(fields, "商户订单号"), columns.Of(fields, "微信订单号"));
        var at = StatementText.Time(columns.Of(fields, "交易时间"), StatementText.China);
        switch (columns.Of(fields, "交易状态"))
        {
            case "SUCCESS":
                return new PaymentStatementLine.Payment(order, transaction, amount, currency, at);
            case "REFUND" or "REVOKED":
                var state = columns.Of(fields, "退款状态");
                return state == "FAIL" ? null : new PaymentStatementLine.Refund(order, transaction, columns.Of(fields, "商户退款单号"), refund, currency, at, state == "SUCCESS");
            case var word:
                throw new InvalidDataException($"The bill says '{word}' of a transaction, which nobody has translated.");
        }
    }

    private void Check(string[] fields)
    {
        bool Is(string name, long expected) => !_totals!.Has(name) || (Money.TryRead(_totals.Of(fields, name), 2, out var total) && total == expected);
        if (_isWhole || _totals!.Of(fields, Count) != _rows.ToString(CultureInfo.InvariantCulture) || !Is("订单总金额", _paid) || !Is("总交易额", _paid) || !Is("申请退款总金额", _refunded))
        {
            throw new InvalidDataException($"The totals of the bill are not those of its {_rows} lines: it is not whole.");
        }

        _isWhole = true;
    }
}
