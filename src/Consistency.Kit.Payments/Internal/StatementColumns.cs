namespace Consistency.Kit.Payments.Internal;

/// <summary>Finds fields by the names of their columns, which move between versions of a statement.</summary>
internal sealed class StatementColumns
{
    private readonly Dictionary<string, int> _places = new(StringComparer.Ordinal);
    private readonly int _count;

    internal StatementColumns(IReadOnlyList<string> names)
    {
        _count = names.Count;
        for (var i = 0; i < names.Count; i++)
        {
            _places.TryAdd(names[i].Trim().Trim('\uFEFF'), i);
        }
    }

    internal bool Has(string name) => _places.ContainsKey(name);

    /// <summary>The first of several names for one thing.</summary>
    /// <exception cref="InvalidDataException">No column has one of them.</exception>
    internal string First(params string[] names) =>
        Array.Find(names, Has) ?? throw new InvalidDataException($"The statement has no column '{string.Join("' or '", names)}'.");

    /// <exception cref="InvalidDataException">There is no such column, or the record is not whole.</exception>
    internal string Of(IReadOnlyList<string> record, string name) =>
        !_places.TryGetValue(name, out var place) ? throw new InvalidDataException($"The statement has no column '{name}'.")
        : record.Count != _count ? throw new InvalidDataException($"A line of the statement has {record.Count} fields instead of {_count}.")
        : record[place].Trim();
}
