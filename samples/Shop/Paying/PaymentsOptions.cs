using System.Globalization;

namespace Shop.Paying;

/// <summary>The payments drill's command line.</summary>
internal sealed record PaymentsOptions
{
    public int Orders { get; init; } = 10_000;

    public int Kills { get; init; } = 3;

    public StoreKind Store { get; init; }

    public string? Connection { get; init; }

    public int Seed { get; init; } = Random.Shared.Next(1, 100_000);

    public bool Help { get; init; }

    /// <exception cref="ArgumentException">An argument is unknown or does not fit; the message says which and what would.</exception>
    internal static PaymentsOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new PaymentsOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            var name = arguments[i];
            string Value() => i + 1 < arguments.Count && !arguments[i + 1].StartsWith("--", StringComparison.Ordinal) ? arguments[++i] : throw new ArgumentException($"{name} needs a value.");
            int Number(int least, int most) => Value() is var text && int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
                ? number
                : throw new ArgumentException(string.Create(CultureInfo.InvariantCulture, $"{name} needs a whole number from {least} to {most}, not '{text}'."));
            options = name switch
            {
                "--orders" => options with { Orders = Number(1, 1_000_000) },
                "--kills" => options with { Kills = Number(0, 100) },
                "--seed" => options with { Seed = Number(0, int.MaxValue) },
                "--store" => options with
                {
                    Store = Value() switch { "sqlite" => StoreKind.Sqlite, "postgres" => StoreKind.Postgres, var other => throw new ArgumentException($"--store knows sqlite, postgres, not '{other}'.") },
                },
                "--connection" => options with { Connection = Value() },
                "--help" or "-h" => options with { Help = true },
                _ => throw new ArgumentException($"There is no option '{name}'."),
            };
        }

        return options;
    }
}
