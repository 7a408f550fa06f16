using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Which database a context is on.</summary>
internal static class Provider
{
    internal static bool IsPostgres(DbContext context) => context.Database.ProviderName == "Npgsql.EntityFrameworkCore.PostgreSQL";

    internal static bool IsSqlite(DbContext context) => context.Database.ProviderName == "Microsoft.EntityFrameworkCore.Sqlite";
}
