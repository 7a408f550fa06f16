using System.Globalization;

namespace Consistency.Kit.Payments.Internal;

/// <summary>Amounts between the smallest unit, which the kit counts in, and the text that providers write.</summary>
internal static class Money
{
    // Of those that Stripe can be paid in. The Ugandan shilling and the Icelandic króna are written with two decimals there.
    private static readonly HashSet<string> Whole = new(StringComparer.Ordinal) { "BIF", "CLP", "DJF", "GNF", "JPY", "KMF", "KRW", "MGA", "PYG", "RWF", "VND", "VUV", "XAF", "XOF", "XPF" };
    private static readonly HashSet<string> Thousandths = new(StringComparer.Ordinal) { "BHD", "JOD", "KWD", "OMR", "TND" };

    /// <summary>How many decimals a currency is written with.</summary>
    internal static int Decimals(string currency) => Whole.Contains(currency) ? 0 : Thousandths.Contains(currency) ? 3 : 2;

    /// <summary>Reads an amount in whole units exactly; more decimals than the currency has are no amount.</summary>
    internal static bool TryRead(string? text, int decimals, out long amount)
    {
        amount = 0;
        if (!decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var units))
        {
            return false;
        }

        for (var i = 0; i < decimals; i++)
        {
            if (units is > 1e17m or < -1e17m)
            {
                return false;
            }

            units *= 10;
        }

        if (units != decimal.Truncate(units) || units is > long.MaxValue or < long.MinValue)
        {
            return false;
        }

        amount = (long)units;
        return true;
    }

    /// <summary>Writes an amount of hundredths in whole units.</summary>
    internal static string Write(long hundredths) => string.Create(CultureInfo.InvariantCulture, $"{hundredths / 100m:0.00}");
}
