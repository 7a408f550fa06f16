namespace Consistency.Kit.Architecture.Tests.Support;

/// <summary>Everything users are given to read, found by itself, so that a new page cannot be forgotten.</summary>
public static class Pages
{
    public static TheoryData<string> Theory => [.. All];

    /// <summary>The pages that a package shows where it is published.</summary>
    public static TheoryData<string> OfPackages => [.. All.Where(page => page.StartsWith("src/", StringComparison.Ordinal))];

    private static IEnumerable<string> All =>
    [
        "README.md", "CONTRIBUTING.md", "CHANGELOG.md", .. In("docs"), .. In("samples"), .. Packages.All.Select(package => $"src/{package}/README.md"),
    ];

    public static string Read(string page) => File.ReadAllText(Path.Combine(Approval.Root, page)).ReplaceLineEndings("\n");

    private static IEnumerable<string> In(string folder) => Directory
        .EnumerateFiles(Path.Combine(Approval.Root, folder), "*.md", SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Approval.Root, file).Replace('\\', '/'))
        .Where(page => !page.Contains("/bin/", StringComparison.Ordinal) && !page.Contains("/obj/", StringComparison.Ordinal))
        .Order(StringComparer.Ordinal);
}
