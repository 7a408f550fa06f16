using Consistency.Kit.Stock;

namespace Consistency.Kit.Conformance.Stock;

/// <summary>Makes random calls on a store and on the model, and compares answer by answer.</summary>
public static class StockExploration
{
    /// <summary>Makes sequences of calls, each on a sale of its own.</summary>
    /// <param name="store">The store.</param>
    /// <param name="seed">The dice's seed.</param>
    /// <param name="sequences">How many.</param>
    /// <param name="length">How many calls each.</param>
    /// <param name="cancellationToken">Cancels the calls.</param>
    /// <returns>Null when all agreed; else the shortest sequence that was found to disagree, and how.</returns>
    public static async Task<string?> FindDisagreementAsync(StockStore store, int seed, int sequences, int length, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(store);
        var random = new Random(seed);
        var sales = 0;

        async Task<string?> TryAsync(IReadOnlyList<StockStep> steps) => await DisagreementAsync(store, $"s{seed:x}-{sales++}", steps, cancellationToken);

        for (var sequence = 0; sequence < sequences; sequence++)
        {
            StockStep[] opening = random.Next(8) == 0 ? [] : [new(StockStepKind.Open), new(StockStepKind.Set, Sku: "a", Quantity: random.Next(2, 6)), new(StockStepKind.Set, Sku: "b", Quantity: random.Next(2, 6))];
            List<StockStep> steps = [.. opening, .. Enumerable.Range(0, length).Select(_ => StockStep.Draw(random))];
            if (await TryAsync(steps) is { } found)
            {
                return $"seed {seed}: {await ShrinkAsync(steps, found, TryAsync)}";
            }
        }

        return null;
    }

    /// <summary>Leaves calls out, from long runs of them to single ones, as long as what is left still disagrees.</summary>
    private static async Task<string> ShrinkAsync(List<StockStep> steps, string found, Func<IReadOnlyList<StockStep>, Task<string?>> tryAsync)
    {
        for (var size = steps.Count / 2; size >= 1;)
        {
            var shrunk = false;
            for (var start = 0; start + size <= steps.Count; start++)
            {
                List<StockStep> fewer = [.. steps.Take(start), .. steps.Skip(start + size)];
                if (await tryAsync(fewer) is { } still)
                {
                    (steps, found, shrunk) = (fewer, still, true);
                    break;
                }
            }

            size = shrunk ? Math.Min(size, steps.Count) : size / 2;
        }

        return $"{string.Join(", ", steps)}: {found}";
    }

    private static async Task<string?> DisagreementAsync(StockStore store, string sale, IReadOnlyList<StockStep> steps, CancellationToken cancellationToken)
    {
        var model = new StockModel();
        foreach (var step in steps)
        {
            var expected = model.Run(step);
            var actual = await step.RunAsync(store, sale, cancellationToken);
            if (expected != actual)
            {
                return $"at {step} the model says {expected}, the store {actual}";
            }
        }

        var levels = await store.Upkeep.ListLevelsAsync(new StockSale(sale), cancellationToken);
        if (!levels.SequenceEqual(model.Levels))
        {
            return $"the model has {string.Join(", ", model.Levels)}, the store {string.Join(", ", levels)}";
        }

        for (var number = 0; number < 6; number++)
        {
            var found = (await store.Stock.FindAsync(new StockOrder(sale, $"o{number}"), cancellationToken))?.State;
            if (found != model.StateOf($"o{number}"))
            {
                return $"o{number} is {model.StateOf($"o{number}")} in the model and {found} in the store";
            }
        }

        return null;
    }
}
