using System.Globalization;
using System.Text.RegularExpressions;
using Consistency.Kit.Payments.Internal;

namespace Consistency.Kit.Payments.Alipay.Internal;

/// <summary>Reads the lines of one bill of business details: remarks begin with a hash sign, the list stands between two of them, and the counts behind it.</summary>
internal sealed partial class AlipayBill
{
    private const string Currency = "CNY";

    private StatementColumns? _columns;
    private bool _isInList;
    private bool _hasEnded;
    private int _payments;
    private int _refunds;

    /// <summary>Null for a line that is no payment and no refund.</summary>
    internal PaymentStatementLine? Take(string text)
    {
        if (text.StartsWith('#'))
        {
            _hasEnded |= text.Contains("业务明细列表结束", StringComparison.Ordinal);
            _isInList = !_hasEnded && (_isInList || text.Contains("业务明细列表", StringComparison.Ordinal));
            Check(Payments().Match(text), _payments);
            Check(Refunds().Match(text), _refunds);
            return null;
        }

        if (!_isInList)
        {
            return null;
        }

        var fields = StatementText.Split(text);
        if (_columns is null)
        {
            _columns = new StatementColumns(fields);
            return null;
        }

        return Row(fields, _columns);
    }

    /// <exception cref="InvalidDataException">The list has no end.</exception>
    internal void End()
    {
        if (!_hasEnded)
        {
            throw new InvalidDataException("The bill ends before its list does: it is not whole.");
        }
    }

    private PaymentStatementLine Row(string[] fields, StatementColumns columns)
    {
        var (order, trade) = (columns.Of(fields, "商户订单号"), columns.Of(fields, "支付宝交易号"));
        var amount = StatementText.Amount(columns.Of(fields, columns.First("订单金额（元）", "订单金额(元)")), Currency);
        var at = StatementText.Time(columns.Of(fields, "完成时间"), StatementText.China);
        switch (columns.Of(fields, "业务类型"))
        {
            case "交易":
                _payments++;
                return new PaymentStatementLine.Payment(order, trade, amount, Currency, at);
            case "退款":
                _refunds++;
                return new PaymentStatementLine.Refund(order, trade, columns.Of(fields, "退款批次号/请求号"), Math.Abs(amount), Currency, at, true);
            case var word:
                throw new InvalidDataException($"The bill says '{word}' of a line, which nobody has translated.");
        }
    }

    private void Check(Match count, int expected)
    {
        if (_hasEnded && count.Success && int.Parse(count.Groups[1].ValueSpan, NumberStyles.None, CultureInfo.InvariantCulture) != expected)
        {
            throw new InvalidDataException($"The bill counts {count.Groups[1].Value} lines where it has {expected}: it is not whole.");
        }
    }

    [GeneratedRegex("^#+交易合计：([0-9]{1,9})笔", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Payments();

    [GeneratedRegex("^#+退款合计：([0-9]{1,9})笔", RegexOptions.CultureInvariant, 1_000)]
    private static partial Regex Refunds();
}
