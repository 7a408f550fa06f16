namespace Shop.Tests;

/// <summary>The files beside the sources.</summary>
internal static class Repository
{
    internal static string Read(string path)
    {
        var directory = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(directory, "Consistency.Kit.sln")))
        {
            directory = Path.GetDirectoryName(directory) ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return File.ReadAllText(Path.Combine(directory, path)).ReplaceLineEndings("\n");
    }
}
