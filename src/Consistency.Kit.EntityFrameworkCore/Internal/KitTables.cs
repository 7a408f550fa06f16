using System.Data.Common;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Creates and checks the kit's tables.</summary>
internal static class KitTables
{
    private const int Tries = 5;

    internal static async Task EnsureCreatedAsync(DatabaseFacade database, CancellationToken cancellationToken)
    {
        var context = ((IDatabaseFacadeDependenciesAccessor)database).Context;
        if (context.Model.FindEntityType(typeof(OutboxRow)) is null)
        {
            throw new InvalidOperationException(
                $"The model of {context.GetType().Name} has none of the kit's tables: add services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<{context.GetType().Name}>()…) and take the context from the services.");
        }

        for (var attempt = 1; ; attempt++)
        {
            try
            {
                if (await database.EnsureCreatedAsync(cancellationToken).ConfigureAwait(false))
                {
                    return;
                }

                var missing = await MissingAsync(context, cancellationToken).ConfigureAwait(false);
                if (missing.Count > 0)
                {
                    await CreateAsync(context, [.. missing.Select(table => table.Type)], cancellationToken).ConfigureAwait(false);
                }

                return;
            }
            catch (DbException) when (attempt < Tries)
            {
                // Another process creates them at this moment; look again.
                await Task.Delay(TimeSpan.FromMilliseconds(200 * attempt), TimeProvider.System, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>The kit's entity types whose tables cannot be read, with the database's reason.</summary>
    internal static async Task<List<(IEntityType Type, string Reason)>> MissingAsync(DbContext context, CancellationToken cancellationToken)
    {
        var missing = new List<(IEntityType, string)>();
        await context.Database.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            foreach (var probe in KitModel.Probes)
            {
                try
                {
                    await probe.ReadAsync(context, cancellationToken).ConfigureAwait(false);
                }
                catch (DbException exception)
                {
                    missing.Add((context.Model.FindEntityType(probe.Type)!, exception.Message.Split('\n')[0].TrimEnd()));
                }
            }
        }
        finally
        {
            await context.Database.CloseConnectionAsync().ConfigureAwait(false);
        }

        return missing;
    }

    private static async Task CreateAsync(DbContext context, List<IEntityType> missing, CancellationToken cancellationToken)
    {
        var model = context.GetService<IDesignTimeModel>().Model;
        var tables = missing.Select(type => (type.GetSchema(), type.GetTableName())).ToHashSet();
        var all = context.GetService<IMigrationsModelDiffer>().GetDifferences(null, model.GetRelationalModel());
        var operations = all.Where(operation => operation switch
        {
            EnsureSchemaOperation => true,
            CreateTableOperation table => tables.Contains((table.Schema, table.Name)),
            CreateIndexOperation index => tables.Contains((index.Schema, index.Table)),
            _ => false,
        }).ToList();
        var commands = context.GetService<IMigrationsSqlGenerator>().Generate(operations, model);
        await context.GetService<IMigrationCommandExecutor>()
            .ExecuteNonQueryAsync(commands, context.GetService<IRelationalConnection>(), cancellationToken).ConfigureAwait(false);
    }
}
