using System.Text.RegularExpressions;
using Consistency.Kit.Architecture.Tests.Support;

namespace Consistency.Kit.Architecture.Tests;

/// <summary>The first screen shows programs and figures that exist, in the order in which a stranger asks for them.</summary>
public sealed partial class ReadmeTests
{
    [Fact]
    public void The_first_program_is_the_one_that_is_compiled()
    {
        var program = File.ReadAllText(Path.Combine(Approval.Root, "samples", "QuickStart", "Program.cs")).ReplaceLineEndings("\n").TrimEnd();
        Assert.Contains($"```csharp\n{program}\n```", Readme, StringComparison.Ordinal);
    }

    [Fact]
    public void It_has_the_promises_the_program_the_verdict_and_what_is_not_promised_in_this_order()
    {
        string[] parts =
        [
            "# Consistency.Kit\n\n", "| Promise |", "dotnet add package Consistency.Kit.EntityFrameworkCore\n", "```csharp\n",
            "dotnet run --project samples/Shop -- drill\n", "│ Invariant ", "**Not promised:**", "](docs/outbox.md)", "eng/test.sh\n",
        ];
        var places = parts.Select(part => Readme.IndexOf(part, StringComparison.Ordinal)).ToList();
        Assert.DoesNotContain(-1, places);
        Assert.Equal(places.Order(), places);
        Assert.Equal(4, Row().Count(Readme[places[1]..places[2]]));
    }

    [Fact]
    public void Every_published_package_is_named() =>
        Assert.All(Packages.All, package => Assert.Contains($"| `{package}` |", Readme, StringComparison.Ordinal));

    private static string Readme => Pages.Read("README.md");

    [GeneratedRegex(@"^\| (it|what) .*\|$", RegexOptions.Multiline)]
    private static partial Regex Row();
}
