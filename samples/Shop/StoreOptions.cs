using Microsoft.EntityFrameworkCore;

namespace Shop;

/// <summary>Puts a DbContext on the chosen database.</summary>
internal static class StoreOptions
{
    internal static void UseStore(this DbContextOptionsBuilder options, StoreKind store, string connection)
    {
        if (store == StoreKind.Sqlite)
        {
            options.UseSqlite(connection).AddInterceptors(new SqliteSettings());
        }
        else
        {
            options.UseNpgsql(connection);
        }
    }
}
