using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop.Chaos;
using Shop.Customers;
using Shop.Sabotages;
using Spectre.Console;

namespace Shop.Drills;

/// <summary>The payments drill from the command line to the exit code: the same shop, and a provider and customers at their worst.</summary>
internal static class PaymentsCommand
{
    internal const string Name = "payments";

    private static readonly DrillOptions Defaults = new() { Orders = 10_000, Kills = 3 };

    internal static async Task<int> RunAsync(string[] arguments)
    {
        DrillOptions options;
        try
        {
            options = arguments.FirstOrDefault(argument => argument is "--checkout" or "--stock" or "--redis") is { } other
                ? throw new ArgumentException($"The payments drill has no option '{other}'.")
                : DrillOptions.Parse(arguments, Defaults, SabotageCatalog.Payments);
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
            return Usage.PrintSabotages(SabotageCatalog.Payments);
        }

        return await Usage.GuardAsync(async () =>
        {
            await using var stage = await Stage.SetAsync(options, Misbehaviour.Worst, CancellationToken.None);
            return await RunAsync(options, stage);
        });
    }

    private static async Task<int> RunAsync(DrillOptions options, Stage stage)
    {
        using var tally = Tally.Open(stage.Settings.TallyFile);

        // Of this host only the services are used: the process that is killed does the work.
        await using var host = ShopHost.Build(stage.Settings, tally);
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
        }
        catch (Exception exception) when (options.Connection is not null && exception is DbException or ArgumentException or InvalidOperationException)
        {
            return Usage.Refuse($"The database of --connection cannot be used: {exception.GetBaseException().Message}");
        }

        Terminal.Prepare();
        new DrillReport(options).Begin("payments drill");
        var customers = new PayingCustomers(stage.Provider, host.Services, stage.Settings, TimeProvider.System);
        var run = new DrillRun(
            stage.Settings,
            options.Kills,
            host.Services,
            customers.RunAsync,
            async database => await PaymentsState.ReadAsync(database, stage.Provider, options.Orders, customers.AreDone),
            TimeProvider.System);
        await DrillProgress.ShowAsync(show => run.RunAsync(show, CancellationToken.None));
        var invariants = await PaymentsInvariants.ComputeAsync(db, stage.Provider, options.Orders, customers);
        Verdict.PrintTable(invariants, "Database and provider say");
        var provider = stage.Provider;
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Kills with SIGKILL {run.Kills}, restarts {run.Restarts}, seconds {run.Elapsed.TotalSeconds:N1}, payments {provider.Payments.Count:N0}, refunds {provider.Refunds.Count:N0}"));
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Callbacks sent {provider.CallbacksSent:N0}, lost {provider.CallbacksLost:N0}, doubled {provider.CallbacksDoubled:N0}, forged {provider.ForgedSent:N0}"));
        AnsiConsole.WriteLine();
        Verdict.Conclude(invariants);
        return invariants.All(invariant => invariant.Holds) ? Usage.Success : Usage.Broken;
    }
}
