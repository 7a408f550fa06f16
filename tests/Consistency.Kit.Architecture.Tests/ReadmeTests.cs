using Consistency.Kit.Architecture.Tests.Support;

namespace Consistency.Kit.Architecture.Tests;

/// <summary>The first screen shows programs and figures that exist.</summary>
public sealed class ReadmeTests
{
    [Fact]
    public void The_first_program_is_the_one_that_is_compiled()
    {
        var program = File.ReadAllText(Path.Combine(Approval.Root, "samples", "QuickStart", "Program.cs")).TrimEnd();
        Assert.Contains($"```csharp\n{program}\n```", Readme(), StringComparison.Ordinal);
    }

    [Fact]
    public void Every_link_leads_to_a_file()
    {
        var links = System.Text.RegularExpressions.Regex.Matches(Readme(), @"\]\((?<path>[^)#:]+)\)").Select(match => match.Groups["path"].Value).ToList();
        Assert.NotEmpty(links);
        Assert.All(links, link => Assert.True(Path.Exists(Path.Combine(Approval.Root, link)), $"README links to {link}, which does not exist."));
    }

    private static string Readme() => File.ReadAllText(Path.Combine(Approval.Root, "README.md"));
}
