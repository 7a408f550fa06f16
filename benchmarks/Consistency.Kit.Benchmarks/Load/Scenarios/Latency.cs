using System.Diagnostics;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>How long a message takes from the commit to its handler, and what an idle instance asks of the database.</summary>
internal sealed class Latency : IScenario
{
    private const int Capacity = 4_000;
    private static readonly TimeSpan Hundredth = TimeSpan.FromMilliseconds(10);

    // The rarest thing an idle instance does is done once a minute.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(60);

    public string Name => "latency";

    public string Summary => "from the commit to the handler at 100 publications/s: in one process, and where another instance relays; queries of an idle instance";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        if (context.Runs("same"))
        {
            await InOneProcessAsync(context, cancellationToken);
        }

        if (context.Runs("cross"))
        {
            await AcrossAsync(context, "cross_poll", static _ => { }, cancellationToken);
            await AcrossAsync(context, "cross", static kit => kit.UsePostgresNotifications(), cancellationToken);
        }

        if (context.Runs("idle"))
        {
            await IdleAsync(context, cancellationToken);
        }
    }

    private static async Task InOneProcessAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var arrivals = new Arrivals(Capacity);
        var database = await context.CreateDatabaseAsync("kit", cancellationToken);
        using var host = await WithHandlerAsync(database, arrivals, static _ => { });
        await host.StartAsync(cancellationToken);

        // What the machine itself does to the simplest question at the same time; more than a millisecond here is noise everywhere.
        using var over = new CancellationTokenSource();
        var control = RoundTripsAsync(database, over.Token);
        var latencies = await SteadyAsync(host, arrivals);
        await over.CancelAsync();
        latencies.Print("commit_to_handler");
        (await control).Print("control_select_1");
        await host.StopAsync(cancellationToken);
    }

    private static async Task<Latencies> RoundTripsAsync(Database database, CancellationToken cancellationToken)
    {
        await using var connection = await database.OpenAsync();
        await using var command = Database.Command(connection, "SELECT 1");
        var taken = new List<double>();
        while (!cancellationToken.IsCancellationRequested)
        {
            var started = Stopwatch.GetTimestamp();
            await command.ExecuteScalarAsync(CancellationToken.None);
            taken.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            await Task.Delay(Hundredth, CancellationToken.None);
        }

        return new Latencies([.. taken.Order()]);
    }

    /// <summary>Two instances: one publishes and relays nothing, so that the other owns every shard.</summary>
    private static async Task AcrossAsync(LoadContext context, string name, Action<ConsistencyKitBuilder> wake, CancellationToken cancellationToken)
    {
        var arrivals = new Arrivals(Capacity);
        var database = await context.CreateDatabaseAsync("kit", cancellationToken);
        using var relaying = await WithHandlerAsync(database, arrivals, wake);
        using var publishing = await Shops.WithKitAsync(database, kit =>
        {
            kit.ConfigureOutbox(outbox => outbox.Relay = false).ConfigureInbox(inbox => inbox.Consume = false);
            wake(kit);
        });
        await relaying.StartAsync(cancellationToken);
        await publishing.StartAsync(cancellationToken);
        var latencies = await SteadyAsync(publishing, arrivals);
        latencies.Print(name);

        // At a steady rate the relay is hardly ever idle. One message now and then is the case that waits for a poll.
        const int First = 3_000;
        const int Count = 20;
        for (var i = 0; i < Count; i++)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(1_200 + Random.Shared.Next(1_350)), cancellationToken);
            await Publisher.PublishAsync(publishing, arrivals, First + i);
        }

        (await arrivals.OfAsync(First, Count)).Print(name + "_sparse");
        await publishing.StopAsync(cancellationToken);
        await relaying.StopAsync(cancellationToken);
    }

    private static async Task IdleAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var database = await context.CreateDatabaseAsync("kit", cancellationToken);
        using var host = await WithHandlerAsync(database, new Arrivals(Capacity), static _ => { });
        await host.StartAsync(cancellationToken);
        await Task.Delay(TimeSpan.FromSeconds(5), cancellationToken);
        var countsStatements = await Statements.ResetAsync(database);
        using (var roundTrips = new RoundTrips(database))
        {
            await Task.Delay(IdleTime, cancellationToken);
            Report.Value("idle_queries_per_s", roundTrips.Count / IdleTime.TotalSeconds);
        }

        if (countsStatements)
        {
            // With what a pooled connection is reset with before its next use; that travels with the query.
            Report.Value("idle_statements_per_s", await Statements.CountAsync(database) / IdleTime.TotalSeconds);
        }

        await host.StopAsync(cancellationToken);
    }

    private static async Task<Latencies> SteadyAsync(IHost publisher, Arrivals arrivals)
    {
        const int WarmUp = 1_000;
        const int Count = 2_000;
        await Pacer.RunAsync(0, WarmUp, Hundredth, number => Publisher.PublishAsync(publisher, arrivals, number));
        await arrivals.OfAsync(0, WarmUp);
        await Pacer.RunAsync(WarmUp, Count, Hundredth, number => Publisher.PublishAsync(publisher, arrivals, number));
        return await arrivals.OfAsync(WarmUp, Count);
    }

    private static Task<IHost> WithHandlerAsync(Database database, Arrivals arrivals, Action<ConsistencyKitBuilder> configure) => Shops.WithKitAsync(
        database,
        kit => configure(kit.AddHandler<OrderPlaced, RecordArrival>()),
        services => services.AddSingleton(arrivals));
}
