namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>What holding and accepting stock costs, in Redis and in the database, against the same work by hand.</summary>
internal sealed class StockLoad : IScenario
{
    public string Name => "stock";

    public string Summary => "reserves in Redis against scripts by hand; orders with the ledger's gate, and hot rows, against plain transactions";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        if (context.Runs("redis") || context.Runs("sold-out") || context.Runs("bytes"))
        {
            await StockInRedis.RunAsync(context, cancellationToken);
        }

        if (context.Runs("gate") || context.Runs("hot-row") || context.Runs("hot-gate"))
        {
            await StockInDatabase.RunAsync(context, cancellationToken);
        }
    }
}
