namespace Consistency.Kit.Architecture.Tests.Support;

/// <summary>Compares a text with the one that was approved and committed.</summary>
internal static class Approval
{
    private const string Variable = "CONSISTENCY_APPROVE";

    /// <summary>The repository, wherever the tests were built to.</summary>
    internal static string Root { get; } = FindRoot();

    /// <param name="path">The approved file, from the repository's root.</param>
    /// <param name="actual">The text as it is now.</param>
    internal static void Verify(string path, string actual)
    {
        var file = Path.Combine(Root, path);
        actual = actual.ReplaceLineEndings("\n").TrimEnd() + "\n";
        var approved = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (approved == actual)
        {
            return;
        }

        if (Environment.GetEnvironmentVariable(Variable) == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            File.WriteAllText(file, actual);
            return;
        }

        Assert.Fail($"{path} is not what was approved. When the change is meant, run the tests with {Variable}=1, which rewrites the file, and commit it.\n{Difference(approved, actual)}");
    }

    private static string Difference(string approved, string actual)
    {
        var before = approved.Split('\n');
        var after = actual.Split('\n');
        var gone = before.Except(after).Select(line => "- " + line);
        var added = after.Except(before).Select(line => "+ " + line);
        var lines = gone.Concat(added).Take(60).ToList();
        return lines.Count > 0 ? string.Join('\n', lines) : "The lines are the same, in another order.";
    }

    private static string FindRoot()
    {
        var directory = AppContext.BaseDirectory;
        while (directory is not null && !File.Exists(Path.Combine(directory, "Consistency.Kit.sln")))
        {
            directory = Path.GetDirectoryName(directory);
        }

        return directory ?? throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
