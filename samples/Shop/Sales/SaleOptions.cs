using System.Globalization;
using Shop.Stocks;

namespace Shop.Sales;

/// <summary>The flash sale's command line.</summary>
internal sealed record SaleOptions
{
    public int Items { get; init; } = 100;

    public int Buyers { get; init; } = 20_000;

    public StockKind Stock { get; init; } = StockKind.Database;

    public StoreKind Store { get; init; } = StoreKind.Sqlite;

    public string? Connection { get; init; }

    public string? Redis { get; init; }

    /// <summary>How often a seller is killed; what it keeps in its own memory would be gone.</summary>
    public int Kills { get; init; }

    /// <summary>How often Redis is killed and comes back empty.</summary>
    public int Losses { get; init; }

    /// <summary>How long a cart is held for who does not pay.</summary>
    public TimeSpan Hold { get; init; } = TimeSpan.FromSeconds(3);

    public SaleSabotage? Sabotage { get; init; }

    public int Seed { get; init; } = Random.Shared.Next(1, 100_000);

    public bool Help { get; init; }

    public bool ListSabotages { get; init; }

    /// <exception cref="ArgumentException">An argument is unknown or does not fit; the message says which and what would.</exception>
    internal static SaleOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new SaleOptions();
        int? kills = null, losses = null;
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            string Value() => i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[++i] : throw new ArgumentException($"{name} needs a value.");
            int Number(int least, int most) => Value() is var text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                ? number
                : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} needs a whole number from {least} to {most}, not '{text}'."));
            T Choice<T>(params (string Name, T Value)[] choices) => Value() is var text && Array.FindIndex(choices, choice => choice.Name == text) is >= 0 and var found
                ? choices[found].Value
                : throw new ArgumentException($"{name} knows {string.Join(", ", choices.Select(choice => choice.Name))}, not '{text}'.");
            switch (name)
            {
                case "--items":
                    options = options with { Items = Number(1, 1_000_000) };
                    break;
                case "--buyers":
                    options = options with { Buyers = Number(1, 10_000_000) };
                    break;
                case "--stock":
                    options = options with { Stock = Choice(("memory", StockKind.Memory), ("database", StockKind.Database), ("redis", StockKind.Redis)) };
                    break;
                case "--store":
                    options = options with { Store = Choice(("sqlite", StoreKind.Sqlite), ("postgres", StoreKind.Postgres)) };
                    break;
                case "--connection":
                    options = options with { Connection = Value() };
                    break;
                case "--redis":
                    options = options with { Redis = Value() };
                    break;
                case "--kills":
                    kills = Number(0, 1_000);
                    break;
                case "--losses":
                    losses = Number(0, 100);
                    break;
                case "--hold":
                    options = options with { Hold = TimeSpan.FromSeconds(Number(1, 3_600)) };
                    break;
                case "--seed":
                    options = options with { Seed = Number(0, int.MaxValue) };
                    break;
                case "--sabotage":
                    options = i + 1 < arguments.Count && arguments[i + 1] == "list" && ++i > 0
                        ? options with { ListSabotages = true }
                        : options with { Sabotage = Choice([.. SaleSabotages.All.Select(item => (item.Name, item.Sabotage))]) };
                    break;
                case "--help" or "-h":
                    options = options with { Help = true };
                    break;
                default:
                    throw new ArgumentException($"There is no option '{name}'.");
            }
        }

        return options.Check(kills, losses);
    }

    private SaleOptions Check(int? kills, int? losses) =>
        kills > 0 && Stock == StockKind.Memory ? throw new ArgumentException("--kills does not go with --stock memory: the stock would be gone with the seller.")
        : losses > 0 && Stock != StockKind.Redis ? throw new ArgumentException("--losses needs --stock redis.")
        : Redis is not null && Stock != StockKind.Redis ? throw new ArgumentException("--redis needs --stock redis.")
        : losses > 0 && Redis is not null ? throw new ArgumentException("--losses does not go with --redis: only a private server is killed.")
        : this with
        {
            Kills = kills ?? (Stock == StockKind.Memory ? 0 : 4),
            Losses = losses ?? (Stock == StockKind.Redis && Redis is null ? 1 : 0),
        };
}
