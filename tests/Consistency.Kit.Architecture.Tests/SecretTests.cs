using Consistency.Kit.Architecture.Tests.Support;

namespace Consistency.Kit.Architecture.Tests;

/// <summary>How long a comparison takes tells strangers nothing.</summary>
public sealed class SecretTests
{
    private static readonly string[] Comparisons = ["SequenceEqual(", "SequenceCompareTo(", "string.Equals(", ".Equals(", "StringComparer."];

    [Fact]
    public void What_is_computed_with_a_secret_is_compared_in_constant_time_and_in_no_other_way()
    {
        var files = Directory.EnumerateFiles(Path.Combine(Approval.Root, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Select(file => (Name: Path.GetFileName(file), Text: File.ReadAllText(file)))
            .Where(file => file.Text.Contains("CreateHMAC(", StringComparison.Ordinal) || file.Text.Contains("HMACSHA256.", StringComparison.Ordinal))
            .ToList();
        Assert.Contains(files, file => file.Name == "Signatures.cs");
        Assert.All(files, file =>
        {
            Assert.Contains("CryptographicOperations.FixedTimeEquals(", file.Text, StringComparison.Ordinal);
            Assert.All(Comparisons, comparison => Assert.DoesNotContain(comparison, file.Text, StringComparison.Ordinal));
        });
    }
}
