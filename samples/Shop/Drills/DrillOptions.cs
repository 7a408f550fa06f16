using System.Globalization;
using Shop.Sabotages;
using Shop.Stocks;

namespace Shop.Drills;

/// <summary>The drill's command line.</summary>
internal sealed record DrillOptions
{
    public int Orders { get; init; } = 2_000;

    public int Kills { get; init; } = 5;

    public StoreKind Store { get; init; }

    public TransportKind Transport { get; init; }

    public CheckoutKind Checkout { get; init; }

    public StockKind Stock { get; init; } = StockKind.Database;

    public string? Redis { get; init; }

    public string? Connection { get; init; }

    public string? Bootstrap { get; init; }

    public Sabotage? Sabotage { get; init; }

    public int Seed { get; init; } = Random.Shared.Next(1, 100_000);

    public bool Keep { get; init; }

    public bool Help { get; init; }

    public bool ListSabotages { get; init; }

    /// <exception cref="ArgumentException">An argument is unknown or does not fit; the message says which and what would.</exception>
    internal static DrillOptions Parse(IReadOnlyList<string> arguments, DrillOptions defaults, (string Name, Sabotage Sabotage, string Effect)[] sabotages)
    {
        var options = defaults;
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            string Value() => i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal)
                ? arguments[++i]
                : throw new ArgumentException($"{name} needs a value.");
            options = name switch
            {
                "--orders" => options with { Orders = Number(name, Value(), 1, 1_000_000) },
                "--kills" => options with { Kills = Number(name, Value(), 0, 1_000) },
                "--seed" => options with { Seed = Number(name, Value(), 0, int.MaxValue) },
                "--store" => options with { Store = Choice(name, Value(), ("sqlite", StoreKind.Sqlite), ("postgres", StoreKind.Postgres)) },
                "--transport" => options with { Transport = Choice(name, Value(), ("inprocess", TransportKind.InProcess), ("kafka", TransportKind.Kafka)) },
                "--checkout" => options with { Checkout = Choice(name, Value(), ("messages", CheckoutKind.Messages), ("saga", CheckoutKind.Saga), ("tcc", CheckoutKind.Tcc)) },
                "--stock" => options with { Stock = Choice(name, Value(), ("memory", StockKind.Memory), ("database", StockKind.Database), ("redis", StockKind.Redis)) },
                "--redis" => options with { Redis = Value() },
                "--connection" => options with { Connection = Value() },
                "--bootstrap" => options with { Bootstrap = Value() },
                "--sabotage" => Value() is var sabotage && sabotage == "list"
                    ? options with { ListSabotages = true }
                    : options with { Sabotage = Choice(name, sabotage, [.. sabotages.Select(item => (item.Name, item.Sabotage))]) },
                "--keep" => options with { Keep = true },
                "--help" or "-h" => options with { Help = true },
                _ => throw new ArgumentException($"There is no option '{name}'."),
            };
        }

        return options.Bootstrap is not null && options.Transport != TransportKind.Kafka
            ? throw new ArgumentException("--bootstrap needs --transport kafka.")
            : options.Redis is not null && options.Stock != StockKind.Redis ? throw new ArgumentException("--redis needs --stock redis.")
            : options is { Sabotage: Sabotages.Sabotage.Stock, Stock: not StockKind.Database } ? throw new ArgumentException("--sabotage stock needs --stock database: it is that shelf which is made careless.")
            : options;
    }

    private static int Number(string name, string text, int least, int most) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} needs a whole number from {least} to {most}, not '{text}'."));

    private static T Choice<T>(string name, string text, params (string Name, T Value)[] choices)
    {
        foreach (var choice in choices)
        {
            if (choice.Name == text)
            {
                return choice.Value;
            }
        }

        throw new ArgumentException($"{name} knows {string.Join(", ", choices.Select(choice => choice.Name))}, not '{text}'.");
    }
}
