namespace Consistency.Kit.Stock.Internal;

/// <summary>What names in stock may look like: they become parts of keys, and of lines of text.</summary>
internal static class StockName
{
    internal static string Checked(string value, int maxLength, string parameter)
    {
        ArgumentException.ThrowIfNullOrEmpty(value, parameter);
        return value.Length > maxLength ? throw new ArgumentException($"The {parameter} has {value.Length} characters; the limit is {maxLength}.", parameter)
            : value.AsSpan().ContainsAnyExceptInRange('!', '~') || value.AsSpan().ContainsAny('{', '}')
                ? throw new ArgumentException($"The {parameter} may have visible ASCII characters only, and no braces.", parameter)
            : value;
    }
}
