namespace Consistency.Kit.Work.Internal;

/// <summary>All work in memory, behind one lock.</summary>
internal sealed class MemoryWorkTable(TimeProvider time)
{
    internal Lock Gate { get; } = new();

    internal Dictionary<Guid, MemoryWorkRow> Rows { get; } = [];

    internal Dictionary<(string Scope, string Key), Guid> Keys { get; } = [];

    internal Dictionary<string, DateTime> Seen { get; } = new(StringComparer.Ordinal);

    internal Dictionary<string, (string Owner, DateTime Until)> Turns { get; } = new(StringComparer.Ordinal);

    internal DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Earliest due first.</summary>
    internal IEnumerable<MemoryWorkRow> Due(DateTime until, IReadOnlyCollection<string> types) =>
        Rows.Values.Where(row => row.Status == WorkStatus.Active && row.DueAt <= until && types.Contains(row.New.Type)).OrderBy(row => row.DueAt).ThenBy(row => row.Id);

    /// <summary>Frees the key of a row that no longer has it.</summary>
    internal void Changed(MemoryWorkRow row)
    {
        if (row.Key is null && row.New.Key is { } key && Keys.TryGetValue((row.New.Scope, key), out var id) && id == row.Id)
        {
            Keys.Remove((row.New.Scope, key));
        }
    }
}
