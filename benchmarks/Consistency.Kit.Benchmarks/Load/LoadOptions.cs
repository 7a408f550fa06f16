using System.Globalization;

namespace Consistency.Kit.Benchmarks.Load;

/// <summary>What the command line says about a run.</summary>
/// <param name="Connection">A PostgreSQL role that may create databases; null for a private server.</param>
/// <param name="Pairs">How many alternations are counted, after the first, which is dropped.</param>
/// <param name="Only">The one part of the scenario to run; null for all.</param>
/// <param name="Statements">Whether to print where the server's time went, to standard error.</param>
internal sealed record LoadOptions(string? Connection, int Pairs, string? Only, bool Statements)
{
    internal const string Help = """
          --connection STRING   measure on this PostgreSQL (a role that may create databases) instead of a private one
          --pairs N             count N alternations (default 5; 20 when CPU time per operation has to settle a small difference)
          --only PART           run one part of the scenario
          --statements          print the server's most expensive statements to standard error
        """;

    internal static LoadOptions Parse(string[] arguments)
    {
        var options = new LoadOptions(null, 5, null, false);
        while (arguments is [var name, .. var rest])
        {
            (options, arguments) = (name, rest) switch
            {
                ("--statements", _) => (options with { Statements = true }, rest),
                ("--connection", [var value, .. var more]) => (options with { Connection = value }, more),
                ("--only", [var value, .. var more]) => (options with { Only = value }, more),
                ("--pairs", [var value, .. var more]) when int.TryParse(value, CultureInfo.InvariantCulture, out var pairs) && pairs > 0 => (options with { Pairs = pairs }, more),
                _ => throw new ArgumentException($"Unknown, incomplete or wrong option '{name}'.\n{Help}"),
            };
        }

        return options;
    }
}
