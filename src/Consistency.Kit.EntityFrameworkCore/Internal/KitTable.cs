using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>What the kit's tables have in common.</summary>
internal static class KitTable
{
    internal static readonly ValueConverter<DateTime, DateTime> Utc = new(value => value, value => DateTime.SpecifyKind(value, DateTimeKind.Utc));

    internal static void Table<T>(EntityTypeBuilder<T> row, string name, string? schema)
        where T : class
    {
        // Unlike ToTable(name), this keeps a schema that was chosen before.
        row.Metadata.SetTableName(name);
        if (schema is not null)
        {
            row.Metadata.SetSchema(schema);
        }
    }

    /// <summary>Reads all columns of a table and none of its rows.</summary>
    internal static (Type Type, Func<DbContext, CancellationToken, Task> ReadAsync) Probe<T>()
        where T : class =>
        (typeof(T), (context, token) => context.Set<T>().AsNoTracking().Where(_ => false).ToListAsync(token));
}
