using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop.Chaos;
using Shop.Drills;

namespace Shop.Sales;

/// <summary>The flash sale from the command line to the exit code.</summary>
internal static class SaleCommand
{
    internal const string Name = "sale";

    internal static async Task<int> RunAsync(string[] arguments)
    {
        SaleOptions options;
        try
        {
            options = SaleOptions.Parse(arguments);
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
            return Usage.PrintSabotages(SaleSabotages.All.Select(item => (item.Name, item.Effect)));
        }

        return await Usage.GuardAsync(async () =>
        {
            try
            {
                await using var stage = await SaleStage.SetAsync(options, CancellationToken.None);
                return await RunAsync(options, stage);
            }
            catch (HttpRequestException exception)
            {
                await Console.Error.WriteLineAsync($"The sellers do not answer any more: {exception.Message}");
                return Usage.Broken;
            }
        });
    }

    private static async Task<int> RunAsync(SaleOptions options, SaleStage stage)
    {
        using var tally = Tally.Open(stage.Sellers[0].TallyFile);
        if (await PrepareAsync(options, stage.Sellers[0], tally) is { } problem)
        {
            return Usage.Refuse(problem);
        }

        Terminal.Prepare();
        SaleReport.Begin(options);
        using var client = new SaleClient(stage.Sellers.Select(seller => seller.Socket), TimeProvider.System);
        var buyers = new Buyers(client, options, TimeProvider.System);
        var run = new SaleRun(stage, options, client, buyers, TimeProvider.System);
        await SaleProgress.ShowAsync(show => run.RunAsync(show, CancellationToken.None));
        var invariants = SaleVerdict.Judge(run.Account, options, buyers, run.Losses);
        SaleReport.End(invariants, options, run, buyers, client, tally);
        return invariants.All(invariant => invariant.Holds) ? Usage.Success : Usage.Broken;
    }

    /// <returns>Why the database cannot be used; null when it can.</returns>
    private static async Task<string?> PrepareAsync(SaleOptions options, SaleSettings settings, Tally tally)
    {
        // Of this host only the services are used.
        await using var host = SaleHost.Build(settings, tally);
        await using var scope = host.Services.CreateAsyncScope();
        try
        {
            var db = scope.ServiceProvider.GetRequiredService<SaleDb>();
            await db.Database.EnsureConsistencyKitCreatedAsync();
            return await db.Orders.AnyAsync() ? "That database has orders already. Give --connection an empty database." : null;
        }
        catch (Exception exception) when (options.Connection is not null && exception is DbException or ArgumentException or InvalidOperationException)
        {
            return $"The database of --connection cannot be used: {exception.GetBaseException().Message}";
        }
    }
}
