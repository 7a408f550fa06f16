namespace Consistency.Kit.Redis.Tcc;

/// <summary>What one call of a branch changes in Redis: amounts on keys of one hash slot. Taken from the call's scope; not thread-safe.</summary>
/// <remarks>
/// Nothing is changed here. The changes are made by the barrier's script, all of them with the branch's row, or none: when the call is a
/// repeat, comes too late, is refused, or would leave a key below its floor. Use it as the type that names the store:
/// <c>branch.Local&lt;RedisEffects, StockBranch&gt;()</c>, <c>app.MapTccBranch&lt;RedisEffects, StockBranch, …&gt;(…)</c>.
/// </remarks>
public sealed class RedisEffects
{
    /// <summary>The greatest amount, in either direction, and the greatest value of a key: 2^53 - 1.</summary>
    public const long Limit = (1L << 53) - 1;

    private readonly List<(string Key, long Amount, long? Floor)> _changes = [];

    internal IReadOnlyList<(string Key, long Amount, long? Floor)> Changes => _changes;

    /// <summary>Adds an amount to a key that holds a whole number; a missing key holds 0.</summary>
    /// <param name="key">
    /// The whole key, without the kit's prefix. All keys of one branch, over all its operations, have the same hash tag, such as
    /// <c>{sale-7}</c>: it also says where the branch's row is. A call that changes nothing still names one, with the amount 0.
    /// </param>
    /// <param name="amount">Less than 0 takes.</param>
    /// <param name="floor">The value that the key must not fall below; null for none. A try that would is refused; a confirm or a cancel fails.</param>
    /// <exception cref="ArgumentException">The key is empty, longer than 1,000 characters, or its tag is not plain.</exception>
    /// <exception cref="InvalidOperationException">The call names another hash tag, or the key already.</exception>
    public void Adjust(string key, long amount, long? floor = 0)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(key.Length, 1_000, nameof(key));
        ArgumentOutOfRangeException.ThrowIfLessThan(amount, -Limit);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(amount, Limit);
        var tag = TagOf(key);
        if (_changes.Count > 0 && TagOf(_changes[0].Key) != tag)
        {
            throw new InvalidOperationException($"'{key}' and '{_changes[0].Key}' have different hash tags: a call changes keys of one slot only. Give both the same {{tag}}.");
        }

        if (_changes.Exists(change => change.Key == key))
        {
            throw new InvalidOperationException($"'{key}' is adjusted twice in one call: add the amounts up.");
        }

        _changes.Add((key, amount, floor));
    }

    /// <summary>What decides the slot: the text between the first brace and the next, or the whole key.</summary>
    internal static string TagOf(string key)
    {
        var open = key.IndexOf('{', StringComparison.Ordinal);
        var close = open < 0 ? -1 : key.IndexOf('}', open);
        return close > open + 1 ? key[(open + 1)..close]
            : key.AsSpan().IndexOfAny('{', '}') < 0 ? key
            : throw new ArgumentException($"'{key}' has braces that are no hash tag: write one {{tag}}, or none.", nameof(key));
    }

    internal void Clear() => _changes.Clear();
}
