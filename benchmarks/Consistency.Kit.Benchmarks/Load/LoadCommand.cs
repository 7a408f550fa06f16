using Consistency.Kit.Benchmarks.Load.Scenarios;

namespace Consistency.Kit.Benchmarks.Load;

/// <summary>Runs one scenario by name.</summary>
internal static class LoadCommand
{
    private static readonly IScenario[] All =
    [
        new OutboxPublish(),
        new OutboxDrain(),
        new Latency(),
        new Consume(),
        new LongTransaction(),
        new IdempotencyKeys(),
        new SagaLoad(),
        new TccLoad(),
        new Scheduler(),
        new CallbackLoad(),
        new StockLoad(),
    ];

    internal static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments is ["list"])
        {
            foreach (var scenario in All)
            {
                Console.WriteLine($"{scenario.Name,-18}{scenario.Summary}");
            }

            Console.WriteLine();
            Console.WriteLine(LoadOptions.Help);
            return 0;
        }

        if (arguments is not [var name, .. var rest] || Array.Find(All, scenario => scenario.Name == name) is not { } found)
        {
            await Console.Error.WriteLineAsync("Unknown scenario; see: load list");
            return 2;
        }

        LoadOptions options;
        try
        {
            options = LoadOptions.Parse(rest);
        }
        catch (ArgumentException exception)
        {
            await Console.Error.WriteLineAsync(exception.Message);
            return 2;
        }

        using var stop = new CancellationTokenSource();
        Console.CancelKeyPress += (_, pressed) =>
        {
            pressed.Cancel = true;
            stop.Cancel();
        };
        await using var context = await LoadContext.CreateAsync(options, stop.Token);
        await found.RunAsync(context, stop.Token);
        return 0;
    }
}
