using System.Collections.Concurrent;
using System.Globalization;

namespace Shop.Sales;

/// <summary>Everybody at once: buyers who click twice, whose answers are lost, who want more than they may have, and who never pay.</summary>
internal sealed class Buyers(SaleClient client, SaleOptions options, TimeProvider time)
{
    private const int AtOnce = 64;

    /// <summary>One in so many wants more than the limit.</summary>
    private const int Greedy = 10;
    private const double ClicksTwice = 0.20;
    private const double AnswerIsLost = 0.03;
    private const double NeverPays = 0.15;
    private const double GivesBack = 0.05;

    private static readonly TimeSpan Impatience = TimeSpan.FromMilliseconds(2);
    private static readonly TimeSpan LongestThought = TimeSpan.FromMilliseconds(300);

    private readonly ConcurrentQueue<int> _refused = new();
    private readonly ConcurrentDictionary<SaleAnswer, int> _answers = new();
    private int _answered;
    private int _unpaid;
    private int _twice;

    /// <summary>Carts whose buyers were told that they have them.</summary>
    internal ConcurrentDictionary<string, bool> Bought { get; } = new();

    internal int Answered => Volatile.Read(ref _answered);

    internal int Unpaid => Volatile.Read(ref _unpaid);

    internal int ClickedTwice => Volatile.Read(ref _twice);

    internal int Told(SaleAnswer answer) => _answers.GetValueOrDefault(answer);

    internal Task RunAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, options.Buyers),
        new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
        async (number, token) =>
        {
            var random = RandomOf(number);
            var isGreedy = number % Greedy == 0;
            await Task.WhenAll(Enumerable.Range(0, isGreedy ? SaleSettings.LimitPerCustomer + 1 : 1).Select(cart =>
                ShopAsync(number, $"{cart}", isGreedy ? "phone 1" : Lines(random), new Random(random.Next()), isGreedy, token)));
            Interlocked.Increment(ref _answered);
        });

    /// <summary>Some of those who were told that nothing is left come again for what was given back.</summary>
    /// <returns>Whether anybody came.</returns>
    internal async Task<bool> ComeBackAsync(string sku, long pieces, int round, CancellationToken cancellationToken)
    {
        var coming = new List<int>();
        while (coming.Count < pieces && _refused.TryDequeue(out var number))
        {
            coming.Add(number);
        }

        await Parallel.ForEachAsync(
            coming,
            new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellationToken },
            async (number, token) => await ShopAsync(number, string.Create(CultureInfo.InvariantCulture, $"again-{round}"), $"{sku} 1", RandomOf(number), pays: true, token));
        return coming.Count > 0;
    }

    // Not HashCode: it is another one in each process, and a seed repeats the same buyers.
    private Random RandomOf(int number) => new(unchecked((options.Seed * 486_187_739) + number));

    private async Task ShopAsync(int number, string suffix, string lines, Random random, bool pays, CancellationToken cancellationToken)
    {
        var cart = new SaleCart(string.Create(CultureInfo.InvariantCulture, $"buyer-{number}-{suffix}"), string.Create(CultureInfo.InvariantCulture, $"buyer-{number}"), lines);
        var answer = await AskAsync("/reserve", cart, random, cancellationToken);
        if (answer != SaleAnswer.Reserved)
        {
            _refused.Enqueue(number);
            return;
        }

        var mood = random.NextDouble();
        if (!pays && mood < NeverPays)
        {
            Interlocked.Increment(ref _unpaid);
            return;
        }

        await Task.Delay(LongestThought * random.NextDouble(), time, cancellationToken);
        if (!pays && mood < NeverPays + GivesBack)
        {
            await AskAsync("/release", cart, random, cancellationToken);
        }
        else if (await AskAsync("/pay", cart, random, cancellationToken) == SaleAnswer.Bought)
        {
            Bought[cart.Id] = true;
        }
    }

    /// <summary>Asks once, or twice at the same time, or once more because the answer did not come.</summary>
    private async Task<SaleAnswer> AskAsync(string path, SaleCart cart, Random random, CancellationToken cancellationToken)
    {
        var copies = random.NextDouble() < ClicksTwice ? 2 : 1;
        TimeSpan? patience = random.NextDouble() < AnswerIsLost ? Impatience : null;
        Interlocked.Add(ref _twice, copies - 1);
        var answers = await Task.WhenAll(Enumerable.Range(0, copies).Select(_ => client.SendAsync(path, cart, patience, cancellationToken)));

        // Of two copies one may find the cart held, and the other what came of it: the better answer counts.
        var answer = answers.Contains(SaleAnswer.Bought) ? SaleAnswer.Bought : answers.Contains(SaleAnswer.Reserved) ? SaleAnswer.Reserved : answers[0];
        _answers.AddOrUpdate(answer, 1, static (_, count) => count + 1);
        return answer;
    }

    private static string Lines(Random random) => random.NextDouble() switch
    {
        < 0.60 => "phone 1",
        < 0.85 => "case 1 phone 1",
        _ => string.Create(CultureInfo.InvariantCulture, $"case {random.Next(1, SaleSettings.LimitPerCustomer + 1)}"),
    };
}
