using System.Data.Common;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>A kind of error, as the databases number it. No package of a provider is known here.</summary>
/// <param name="states">SQL states.</param>
/// <param name="sqlite">SQLite's result codes.</param>
/// <param name="numbers">SQL Server's and MySQL's numbers.</param>
internal sealed class DatabaseErrors(string[] states, int[] sqlite, int[] numbers)
{
    private readonly (string Property, int[] Values)[] _numbers = [("SqliteErrorCode", sqlite), ("Number", numbers)];

    internal bool Has(DbException error) =>
        Array.IndexOf(states, error.SqlState) >= 0
        || Array.Exists(_numbers, kind => error.GetType().GetProperty(kind.Property)?.GetValue(error) is int number && kind.Values.Contains(number));
}
