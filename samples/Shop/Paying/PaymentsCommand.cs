using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Consistency.Kit.Testing.Payments;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Shop.Drills;
using Spectre.Console;

namespace Shop.Paying;

/// <summary>The payments drill from the command line to the exit code.</summary>
internal static class PaymentsCommand
{
    internal const string Name = "payments";

    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Stall = TimeSpan.FromMinutes(2);

    internal static async Task<int> RunAsync(string[] arguments)
    {
        PaymentsOptions options;
        try
        {
            options = PaymentsOptions.Parse(arguments);
        }
        catch (ArgumentException exception)
        {
            return Usage.Refuse(exception.Message);
        }

        if (options.Help)
        {
            return Usage.Print();
        }

        var directory = Directory.CreateTempSubdirectory("shop-payments-").FullName;
        PostgresServer? server = null;
        try
        {
            var connection = options.Connection;
            if (connection is null && options.Store == StoreKind.Postgres)
            {
                server = await PostgresServer.StartAsync();
                connection = await server.CreateDatabaseAsync("payments");
            }

            return await RunAsync(options, connection ?? $"Data Source={Path.Combine(directory, "payments.db")}");
        }
        catch (ServerMissingException exception)
        {
            return Usage.Refuse(exception.Reason);
        }
        catch (WorkerFailedException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return Usage.Broken;
        }
        finally
        {
            if (server is not null)
            {
                await server.DisposeAsync();
            }

            Directory.Delete(directory, recursive: true);
        }
    }

    private static async Task<int> RunAsync(PaymentsOptions options, string connection)
    {
        var port = FreePort();
        var simulation = new PaymentSimulatorOptions
        {
            CallbackAddress = new Uri($"http://127.0.0.1:{port}/callbacks/simulated"),
            Lost = 0.30,
            Doubled = 0.30,
            Forged = 0.10,
            Seed = options.Seed,
        };
        await using var provider = PaymentSimulator.Start(simulation);
        var settings = new PaymentsSettings { Store = options.Store, Connection = connection, Port = port, ProviderAddress = provider.Address, Secret = simulation.Secret };

        // Of this host only the services are used: the process that is killed does the work.
        await using var host = PaymentsHost.Build(settings);
        await host.Services.EnsureConsistencyKitCreatedAsync<PayDb>();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<PayDb>();
        if (await db.Orders.AnyAsync())
        {
            return Usage.Refuse("That database has orders already. Give --connection an empty database.");
        }

        Terminal.Prepare();
        AnsiConsole.MarkupLine("[bold]Consistency.Kit payments drill[/]");
        AnsiConsole.MarkupLineInterpolated(
            CultureInfo.InvariantCulture,
            $"{options.Orders:N0} orders, {options.Kills} kills, {(options.Store == StoreKind.Sqlite ? "SQLite" : "PostgreSQL")}, seed {options.Seed}; callbacks: 30% lost, 30% doubled, 10% forged, 10% late");
        AnsiConsole.WriteLine();
        var started = TimeProvider.System.GetTimestamp();
        await using var service = new PaymentsService(settings);
        var customers = new Customers(provider, host.Services, options, TimeProvider.System);
        var kills = 0;
        await PaymentsProgress.ShowAsync(async show => kills = await DriveAsync(options, provider, service, customers, host.Services, show));
        var invariants = await PaymentsBooks.JudgeAsync(db, provider, options, customers, CancellationToken.None);
        Print(invariants, provider, service, kills, TimeProvider.System.GetElapsedTime(started));
        return invariants.All(invariant => invariant.Holds) ? Usage.Success : Usage.Broken;
    }

    private static async Task<int> DriveAsync(
        PaymentsOptions options, PaymentSimulator provider, PaymentsService service, Customers customers, IServiceProvider services, Action<double, string> show)
    {
        await service.StartAsync();
        var shopping = customers.RunAsync(CancellationToken.None);
        var (kills, returned) = (0, false);
        PaymentsBooks? last = null;
        var moved = TimeProvider.System.GetTimestamp();
        while (true)
        {
            PaymentsBooks books;
            await using (var scope = services.CreateAsyncScope())
            {
                books = await PaymentsBooks.ReadAsync(scope.ServiceProvider.GetRequiredService<PayDb>());
            }

            if (books != last)
            {
                (last, moved) = (books, TimeProvider.System.GetTimestamp());
            }

            var decided = customers.Placed - books.Undecided;
            show(
                (double)decided / options.Orders,
                string.Create(CultureInfo.InvariantCulture, $"{decided:N0} of {options.Orders:N0} orders decided, {books.Payments:N0} payments, {books.RefundsLeft:N0} refunds on their way"));
            if (shopping.IsFaulted)
            {
                await shopping;
            }

            if (shopping.IsCompleted && books.IsSettled(provider))
            {
                if (returned)
                {
                    return kills;
                }

                returned = true;
                await customers.ReturnAsync(CancellationToken.None);
                continue;
            }

            if (TimeProvider.System.GetElapsedTime(moved) > Stall)
            {
                return kills;
            }

            if (kills < options.Kills && decided >= options.Orders * (kills + 1) / (options.Kills + 1))
            {
                kills++;
                await service.KillAsync();
            }

            await service.KeepAsync();
            await Task.Delay(Tick, TimeProvider.System);
        }
    }

    private static void Print(IReadOnlyList<Invariant> invariants, PaymentSimulator provider, PaymentsService service, int kills, TimeSpan elapsed)
    {
        AnsiConsole.WriteLine();
        var table = new Table().Border(TableBorder.Rounded).AddColumn("Invariant").AddColumn(new TableColumn("Database and provider say").RightAligned()).AddColumn("Verdict");
        foreach (var invariant in invariants)
        {
            table.AddRow(new Text(invariant.Name), new Text(invariant.Value), invariant.Holds ? new Markup("[green]holds[/]") : new Markup("[red bold]BROKEN[/]"));
        }

        AnsiConsole.Write(table);
        AnsiConsole.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"Kills with SIGKILL {kills}, starts {service.Starts}, callbacks sent {provider.CallbacksSent:N0}, lost {provider.CallbacksLost:N0}, doubled {provider.CallbacksDoubled:N0}"));
        AnsiConsole.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Payments {provider.Payments.Count:N0}, refunds {provider.Refunds.Count:N0}, seconds {elapsed.TotalSeconds:N1}"));
        AnsiConsole.WriteLine();
        var broken = invariants.Where(invariant => !invariant.Holds).Select(invariant => $"{invariant.Name} ({invariant.Value})").ToList();
        AnsiConsole.Write(broken.Count == 0
            ? new Markup("[green bold]Every invariant holds.[/]\n")
            : new Markup($"[red bold]Broken:[/] {Markup.Escape(string.Join(", ", broken))}\n"));
    }

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }
}
