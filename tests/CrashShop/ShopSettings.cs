using System.Globalization;

namespace Consistency.Kit.CrashShop;

/// <summary>What one run shall do, from the command line: <c>name=value</c> each.</summary>
internal sealed record ShopSettings
{
    public string Store { get; init; } = "sqlite";

    public string Connection { get; init; } = "";

    /// <summary>Kafka's addresses; messages stay in the process when empty.</summary>
    public string Kafka { get; init; } = "";

    /// <summary>How many orders there shall be in the end.</summary>
    public int Orders { get; init; } = 6;

    /// <summary>How many events each order shall have published in the end.</summary>
    public int Events { get; init; } = 6;

    /// <summary>How many requests with idempotency keys of each mode there shall be, instead of orders.</summary>
    public int Requests { get; init; }

    /// <summary>How many jobs of each type there shall be, instead of orders.</summary>
    public int Jobs { get; init; }

    /// <summary>How many orders are paid at a provider, instead of orders with events.</summary>
    public int Payments { get; init; }

    /// <summary>How many distributed transactions call a branch, instead of orders.</summary>
    public int Branches { get; init; }

    /// <summary>How many sagas there shall be in the end, instead of orders.</summary>
    public int Sagas { get; init; }

    /// <summary>The second database of the sagas; they have one when empty.</summary>
    public string Ledger { get; init; } = "";

    /// <summary>Whether the pivot of every second saga is refused.</summary>
    public bool Refuses { get; init; }

    /// <summary>How many customers come to the sale of this run; null for no sale.</summary>
    public int? Sales { get; init; }

    /// <summary>The Redis that has the stock of the sale; in the database when empty.</summary>
    public string Redis { get; init; } = "";

    /// <summary>How many TCCs there shall be in the end, instead of orders.</summary>
    public int Tccs { get; init; }

    /// <summary>Where their wallet is: an address, <c>message</c>, or here when empty.</summary>
    public string Wallet { get; init; } = "";

    /// <summary>The port on which this process is the wallet and nothing else; 0 for none.</summary>
    public int Port { get; init; }

    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long each handler takes.</summary>
    public TimeSpan Work { get; init; }

    /// <summary>How many messages a handler takes in one transaction.</summary>
    public int Batch { get; init; } = 1;

    /// <summary>The crash point at which the process kills itself; none when empty.</summary>
    public string CrashAt { get; init; } = "";

    /// <summary>The how-manieth time it stands there.</summary>
    public int Hit { get; init; } = 1;

    /// <summary>Whether the run ends when nothing is left to do, or waits for its standard input to be closed.</summary>
    public bool UntilDrained { get; init; } = true;

    /// <summary>Whether the process neither relays nor handles.</summary>
    public bool PublishOnly { get; init; }

    /// <summary>Switches one guarantee off, so that the tests can be seen to notice: <c>inbox</c> or <c>outbox</c>.</summary>
    public string Sabotage { get; init; } = "";

    public static ShopSettings Parse(IEnumerable<string> arguments)
    {
        var settings = new ShopSettings();
        foreach (var argument in arguments)
        {
            var split = argument.IndexOf('=', StringComparison.Ordinal);
            var (name, value) = split < 0 ? (argument, "") : (argument[..split], argument[(split + 1)..]);
            settings = name switch
            {
                "store" => settings with { Store = value },
                "connection" => settings with { Connection = value },
                "kafka" => settings with { Kafka = value },
                "orders" => settings with { Orders = Number(value) },
                "events" => settings with { Events = Number(value) },
                "requests" => settings with { Requests = Number(value), Orders = 0 },
                "jobs" => settings with { Jobs = Number(value), Orders = 0 },
                "payments" => settings with { Payments = Number(value), Orders = 0 },
                "branches" => settings with { Branches = Number(value), Orders = 0 },
                "sagas" => settings with { Sagas = Number(value), Orders = 0 },
                "tccs" => settings with { Tccs = Number(value), Orders = 0 },
                "sales" => settings with { Sales = Number(value), Orders = 0 },
                "redis" => settings with { Redis = value },
                "wallet" => settings with { Wallet = value },
                "port" => settings with { Port = Number(value) },
                "ledger" => settings with { Ledger = value },
                "refuse" => settings with { Refuses = true },
                "lease-ms" => settings with { Lease = TimeSpan.FromMilliseconds(Number(value)) },
                "work-ms" => settings with { Work = TimeSpan.FromMilliseconds(Number(value)) },
                "batch" => settings with { Batch = Number(value) },
                "crash-at" => settings with { CrashAt = value },
                "hit" => settings with { Hit = Number(value) },
                "serve" => settings with { UntilDrained = false },
                "publish-only" => settings with { PublishOnly = true },
                "sabotage" => settings with { Sabotage = value },
                _ => throw new ArgumentException($"Unknown argument '{argument}'."),
            };
        }

        return settings;
    }

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
