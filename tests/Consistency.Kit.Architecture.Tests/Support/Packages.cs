using System.Reflection;

namespace Consistency.Kit.Architecture.Tests.Support;

/// <summary>The packages that are published, found by their projects, so that a new one cannot be forgotten.</summary>
public static class Packages
{
    public const string Core = "Consistency.Kit";

    public static IReadOnlyList<string> All { get; } =
        [.. Directory.GetDirectories(Path.Combine(Approval.Root, "src")).Select(path => Path.GetFileName(path)!).Where(name => File.Exists(Project(name))).Order(StringComparer.Ordinal)];

    public static TheoryData<string> Theory => [.. All];

    public static Assembly Load(string package) => Assembly.Load(package);

    public static string Project(string package) => Path.Combine(Approval.Root, "src", package, package + ".csproj");

    /// <summary>The source files of a package with their paths from the package's folder.</summary>
    public static IEnumerable<(string Path, string Text)> Sources(string package)
    {
        var root = Path.GetDirectoryName(Project(package))!;
        return Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(root, file).Replace('\\', '/'), File: file))
            .Where(source => !source.Path.StartsWith("obj/", StringComparison.Ordinal) && !source.Path.StartsWith("bin/", StringComparison.Ordinal))
            .Select(source => (source.Path, File.ReadAllText(source.File)));
    }

    /// <summary>The types written in the package, without what the compiler adds.</summary>
    public static IEnumerable<Type> Types(string package) =>
        Load(package).GetTypes().Where(type => type.Namespace?.StartsWith(Core, StringComparison.Ordinal) == true && !type.Name.Contains('<', StringComparison.Ordinal) && type.DeclaringType is null);
}
