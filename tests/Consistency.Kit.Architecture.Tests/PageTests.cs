using System.Text.RegularExpressions;
using Consistency.Kit.Architecture.Tests.Support;

namespace Consistency.Kit.Architecture.Tests;

/// <summary>What the pages show exists and compiles.</summary>
public sealed partial class PageTests
{
    private const string Snippets = "samples/Snippets";

    private static readonly Lazy<IReadOnlyList<string>> Compiled = new(() =>
        [.. Directory.EnumerateFiles(Path.Combine(Approval.Root, "samples"), "*.cs", SearchOption.AllDirectories).Select(file => Normal(File.ReadAllText(file)))]);

    [Theory]
    [MemberData(nameof(Pages.Theory), MemberType = typeof(Pages))]
    public void What_a_page_shows_in_CSharp_is_compiled(string page)
    {
        foreach (var snippet in CSharp().Matches(Pages.Read(page)).Select(match => match.Groups["text"].Value))
        {
            Assert.True(
                Compiled.Value.Any(file => file.Contains(Normal(snippet), StringComparison.Ordinal)),
                $"{page} shows a program text that nobody compiles. Put it, as it is but for the indentation, into a file of {Snippets}:\n{snippet}");
        }
    }

    [Fact]
    public void The_snippets_belong_to_the_solution() =>
        Assert.Contains("Snippets.csproj", File.ReadAllText(Path.Combine(Approval.Root, "Consistency.Kit.sln")), StringComparison.Ordinal);

    [Theory]
    [MemberData(nameof(Pages.Theory), MemberType = typeof(Pages))]
    public void Every_link_leads_to_a_file(string page)
    {
        var folder = Path.GetDirectoryName(Path.Combine(Approval.Root, page))!;
        Assert.All(Links(page), link => Assert.True(Path.Exists(Path.Combine(folder, link)), $"{page} links to {link}, which does not exist."));
    }

    /// <summary>It is shown away from the repository.</summary>
    [Theory]
    [MemberData(nameof(Pages.OfPackages), MemberType = typeof(Pages))]
    public void A_package_page_has_absolute_links_only(string page) => Assert.Empty(Links(page));

    private static List<string> Links(string page) => [.. RelativeLink().Matches(Pages.Read(page)).Select(match => match.Groups["path"].Value)];

    /// <summary>The lines without indentation; blank ones do not count.</summary>
    private static string Normal(string text) =>
        "\n" + string.Join('\n', text.ReplaceLineEndings("\n").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)) + "\n";

    [GeneratedRegex(@"^```csharp\n(?<text>.*?)\n```$", RegexOptions.Singleline | RegexOptions.Multiline)]
    private static partial Regex CSharp();

    [GeneratedRegex(@"\]\((?<path>[^)#:\s]+)(#[^)]*)?\)")]
    private static partial Regex RelativeLink();
}
