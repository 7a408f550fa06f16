using Consistency.Kit.TestServers;

namespace Shop.Tests;

/// <summary>One run of the drill as its user would start it.</summary>
internal sealed record Drill(int ExitCode, string Output, string Errors)
{
    internal static async Task<Drill> RunAsync(params string[] arguments)
    {
        await using var process = ChildProcess.StartDotnet(Path.Combine(AppContext.BaseDirectory, "shop", "Shop.dll"), arguments);
        var exitCode = await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return new Drill(exitCode, string.Join('\n', process.Lines), string.Join('\n', process.ErrorLines));
    }

    /// <summary>All at once: such a drill mostly waits for what will not come.</summary>
    internal static Task<(string Missed, Drill Drill)[]> SabotagedAsync(TheoryData<string, string> sabotages, params string[] arguments) =>
        Task.WhenAll(sabotages.Select(async row => (row.Data.Item2, await RunAsync([.. arguments, "--sabotage", row.Data.Item1]))));

    internal void KeepsEveryInvariant()
    {
        Assert.True(ExitCode == 0, Output + Errors);
        Assert.All(DrillTests.Invariants, invariant => Assert.Equal("holds", Verdict(invariant)));
    }

    /// <summary>The verdict of an invariant's row in the table.</summary>
    internal string Verdict(string invariant) =>
        Output.Split('\n').SingleOrDefault(line => line.StartsWith($"│ {invariant} ", StringComparison.Ordinal))?.Split('│')[3].Trim()
        ?? throw new InvalidOperationException($"The drill did not speak of '{invariant}':\n{Output}\n{Errors}");

    /// <summary>The last sentence, which the terminal's width may have broken.</summary>
    internal string Conclusion() => Output[(Output.LastIndexOf("\n\n", StringComparison.Ordinal) + 2)..].Replace('\n', ' ');
}
