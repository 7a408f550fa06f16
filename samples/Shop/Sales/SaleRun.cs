using Consistency.Kit.Stock;
using Shop.Stocks;

namespace Shop.Sales;

/// <summary>Runs the sellers and the buyers, kills and restarts, and waits until nothing is held and nothing is on its way.</summary>
internal sealed class SaleRun(SaleStage stage, SaleOptions options, SaleClient client, Buyers buyers, TimeProvider time)
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PatienceWithSabotage = TimeSpan.FromSeconds(3);

    private readonly List<SellerProcess> _sellers = [.. stage.Sellers.Select(settings => new SellerProcess(settings, client))];
    private readonly Random _random = new(options.Seed);
    private IReadOnlyList<StockLevel> _levels = [];
    private int _doomed;

    internal int Kills => _sellers.Sum(seller => seller.Kills);

    /// <summary>When Redis was killed, in UTC.</summary>
    internal List<DateTime> Losses { get; } = [];

    /// <summary>What the carts held that Redis forgot.</summary>
    internal long HeldWhenLost { get; private set; }

    internal TimeSpan Elapsed { get; private set; }

    internal SaleAccount Account { get; private set; } = null!;

    internal async Task RunAsync(Action<SaleState> report, CancellationToken cancellationToken)
    {
        try
        {
            await SellAsync(report, cancellationToken);
        }
        finally
        {
            foreach (var seller in _sellers)
            {
                await seller.DisposeAsync();
            }
        }
    }

    private async Task SellAsync(Action<SaleState> report, CancellationToken cancellationToken)
    {
        // One after another: the first makes the tables.
        foreach (var seller in _sellers)
        {
            await seller.StartAsync(cancellationToken);
        }

        var started = time.GetTimestamp();
        var opened = (long)options.Items * SaleSettings.Skus.Length;
        using var leaving = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var shopping = ShopAsync(leaving.Token);
        var keeping = Task.WhenAll(_sellers.Select(seller => seller.KeepAsync(leaving.Token)));
        try
        {
            while (!shopping.IsCompleted)
            {
                _levels = await client.ReadLevelsAsync(cancellationToken) ?? _levels;
                var state = new SaleState(buyers.Answered, options.Buyers, _levels);
                report(state);

                // Most is sold within the first moments: the first kills are meant for them.
                var share = Math.Max(state.Share, (double)(state.Sold + state.Held) / (2 * opened));
                await KillAsync(share);
                await LoseAsync((double)state.Sold / opened, state, cancellationToken);
                if (keeping.IsFaulted)
                {
                    await keeping;
                }

                await Task.WhenAny(shopping, Task.Delay(Tick, time, cancellationToken));
            }

            Account = await shopping;
        }
        finally
        {
            await leaving.CancelAsync();
            await Task.WhenAll(shopping, keeping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        Elapsed = time.GetElapsedTime(started);
    }

    /// <summary>Every second one dies at one of the engines' own points.</summary>
    private async Task KillAsync(double share)
    {
        if (_doomed >= options.Kills || share < 0.05 + (0.9 * _doomed / options.Kills))
        {
            return;
        }

        // One at a time: the others go on selling.
        if (_sellers.Any(one => !one.IsUp))
        {
            return;
        }

        var seller = _sellers[_doomed % _sellers.Count];
        var points = options.Stock == StockKind.Redis
            ? (string[])["stock.gate", "stock.taken", "outbox.saving", "outbox.saved", "stock.told", "stock.sweeping", "stock.swept"]
            : ["stock.committing", "stock.committed", "stock.sweeping", "stock.swept"];
        await seller.DoomAsync(_doomed++ % 2 == 1 ? null : points[_random.Next(points.Length)]);
    }

    private async Task LoseAsync(double sold, SaleState state, CancellationToken cancellationToken)
    {
        if (stage.Redis is not { } redis || Losses.Count >= options.Losses || sold < 0.8 * (Losses.Count + 1) / (options.Losses + 1))
        {
            return;
        }

        HeldWhenLost += state.Held;
        await redis.KillAsync();
        Losses.Add(time.GetUtcNow().UtcDateTime);
        await redis.RestartAsync(cancellationToken);
    }

    private async Task<SaleAccount> ShopAsync(CancellationToken cancellationToken)
    {
        await buyers.RunAsync(cancellationToken);
        var moved = time.GetTimestamp();
        (long Sold, int Waiting)? last = null;
        for (var round = 1; ; round++)
        {
            var account = await client.ReadBooksAsync(cancellationToken);
            var now = (account.Levels.Sum(level => level.Sold), account.Waiting);
            if (now != last)
            {
                (last, moved) = (now, time.GetTimestamp());
            }

            var came = false;
            foreach (var level in account.Levels)
            {
                came |= level.Available > 0 && await buyers.ComeBackAsync(level.Sku, level.Available, round, cancellationToken);
            }

            // Who comes back may have bought all that a customer may, or be refused for ever by what is sabotaged.
            var isStuck = time.GetElapsedTime(moved) > options.Hold + (options.Sabotage is null ? Patience : PatienceWithSabotage);
            if (isStuck || (!came && account.IsSettled))
            {
                return account;
            }

            await Task.Delay(4 * Tick, time, cancellationToken);
        }
    }
}
