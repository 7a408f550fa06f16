namespace Consistency.Kit.States.Internal;

/// <summary>What every database keeps as it is.</summary>
internal static class StateText
{
    internal static string Check(string value, int max, string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(value, name);
        return value.Length > max ? throw new ArgumentException($"The {name} has {value.Length} characters; the limit is {max}.", name)
            : value.Contains('\0', StringComparison.Ordinal) ? throw new ArgumentException($"The {name} has a NUL character, which databases refuse.", name)
            : value;
    }
}
