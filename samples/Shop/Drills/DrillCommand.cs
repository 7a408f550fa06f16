using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop.Chaos;
using Shop.Customers;
using Shop.Sabotages;
using Shop.Stocks;

namespace Shop.Drills;

/// <summary>The drill from the command line to the exit code.</summary>
internal static class DrillCommand
{
    internal const string Name = "drill";

    internal static async Task<int> RunAsync(string[] arguments)
    {
        DrillOptions options;
        try
        {
            options = DrillOptions.Parse(arguments, new DrillOptions(), SabotageCatalog.All);
        }
        catch (ArgumentException exception)
        {
            return Usage.Refuse(exception.Message);
        }

        if (options.Help)
        {
            return Usage.Print();
        }

        if (options.ListSabotages)
        {
            return Usage.PrintSabotages(SabotageCatalog.All);
        }

        return await Usage.GuardAsync(async () =>
        {
            await using var stage = await Stage.SetAsync(options, Misbehaviour.Usual, CancellationToken.None);
            return await RunAsync(options, stage);
        });
    }

    private static async Task<int> RunAsync(DrillOptions options, Stage stage)
    {
        var settings = stage.Settings;
        using var tally = Tally.Open(settings.TallyFile);
        await using var host = ShopHost.Build(settings, tally);
        await using var scope = host.Services.CreateAsyncScope();
        ShopDb db;
        try
        {
            db = scope.ServiceProvider.GetRequiredService<ShopDb>();
            await db.Database.EnsureConsistencyKitCreatedAsync();
            if (await db.Orders.AnyAsync())
            {
                return Usage.Refuse("That database has orders already. Give --connection an empty database.");
            }

            db.Products.AddRange(OrderBook.Shelf(settings.Seed, settings.Orders));
            db.Wallets.AddRange(OrderBook.Wallets(settings.Orders));
            db.Coupons.AddRange(OrderBook.Coupons(settings.Orders));
            await db.SaveChangesAsync();
        }
        catch (Exception exception) when (options.Connection is not null && exception is DbException or ArgumentException or InvalidOperationException)
        {
            return Usage.Refuse($"The database of --connection cannot be used: {exception.GetBaseException().Message}");
        }

        Terminal.Prepare();
        var report = new DrillReport(options);
        report.Begin("shop drill");
        using var phone = new ShopClient(settings, host.Services.GetRequiredService<Mischief>(), tally);
        var customers = new Crowd(phone, host.Services.GetRequiredService<IServiceScopeFactory>(), settings, TimeProvider.System);
        var run = new DrillRun(settings, options.Kills, host.Services, customers.RunAsync, async database => await DrillState.ReadAsync(database, options.Orders, await Shelves.CountHeldAsync(host.Services, settings, CancellationToken.None)), TimeProvider.System);
        await DrillProgress.ShowAsync(show => run.RunAsync(show, CancellationToken.None));
        var shelf = await Shelves.ReadAsync(host.Services, db, settings, CancellationToken.None);
        var invariants = await Invariants.ComputeAsync(db, stage.Provider, shelf, options.Orders, options.Checkout);
        var events = await db.Database.SqlQuery<int>($"SELECT CAST(count(*) AS integer) AS \"Value\" FROM consistency_inbox").SingleAsync();
        report.End(invariants, run, tally, events, settings.Connection);
        return invariants.All(invariant => invariant.Holds) && tally[Fact.AnswersThatDiffer] == 0 ? Usage.Success : Usage.Broken;
    }
}
