using System.Text.RegularExpressions;
using Consistency.Kit.Architecture.Tests.Support;

namespace Consistency.Kit.Architecture.Tests;

public sealed partial class LayoutTests
{
    /// <summary>Extension classes live where their receiver does, so that nobody needs a using for them.</summary>
    private static readonly string[] ReceiverNamespaces =
        ["Microsoft.EntityFrameworkCore", "Microsoft.Extensions.DependencyInjection", "Microsoft.AspNetCore.Builder", "Microsoft.AspNetCore.Http", "System.Net.Http"];

    [Fact]
    public void The_core_depends_on_no_database_and_no_broker()
    {
        var allowed = new[] { "System", "Microsoft.Extensions", "netstandard", "mscorlib" };
        Assert.All(
            Packages.Load(Packages.Core).GetReferencedAssemblies(),
            reference => Assert.Contains(allowed, prefix => reference.Name == prefix || reference.Name!.StartsWith(prefix + ".", StringComparison.Ordinal)));
    }

    [Theory]
    [MemberData(nameof(Packages.Theory), MemberType = typeof(Packages))]
    public void Every_arrow_points_to_the_core(string package)
    {
        var others = Packages.Load(package).GetReferencedAssemblies().Select(reference => reference.Name!)
            .Where(name => name.StartsWith(Packages.Core, StringComparison.Ordinal) && name != Packages.Core);
        Assert.Empty(others);
    }

    [Theory]
    [MemberData(nameof(Packages.Theory), MemberType = typeof(Packages))]
    public void A_namespace_is_the_package_and_the_folder(string package)
    {
        foreach (var (path, text) in Packages.Sources(package))
        {
            var actual = Namespace().Match(text).Groups["name"].Value;
            if (actual.Length == 0)
            {
                Assert.DoesNotMatch(Declaration(), text);
                continue;
            }

            var folder = Path.GetDirectoryName(path)!.Replace('/', '.').Replace('\\', '.');
            var expected = folder.Length == 0 ? package : $"{package}.{folder}";
            if (ReceiverNamespaces.Contains(actual))
            {
                Assert.True(path.EndsWith("Extensions.cs", StringComparison.Ordinal), $"{path} puts something other than extensions into {actual}.");
                continue;
            }

            Assert.True(expected == actual, $"{path} is in namespace {actual}, expected {expected}.");
        }
    }

    [Theory]
    [MemberData(nameof(Packages.Theory), MemberType = typeof(Packages))]
    public void No_namespace_is_named_like_a_type(string package)
    {
        var last = Packages.Types(package).Select(type => type.Namespace!.Split('.')[^1]).ToHashSet(StringComparer.Ordinal);
        Assert.DoesNotContain(Packages.Types(package), type => last.Contains(type.Name));
    }

    [Theory]
    [MemberData(nameof(Packages.Theory), MemberType = typeof(Packages))]
    public void Public_classes_are_sealed_abstract_or_static(string package) =>
        Assert.All(Packages.Load(package).GetExportedTypes().Where(type => type.IsClass), type => Assert.True(type.IsSealed || type.IsAbstract, type.FullName));

    [Theory]
    [MemberData(nameof(Packages.Theory), MemberType = typeof(Packages))]
    public void No_type_says_nothing_by_its_name(string package) =>
        Assert.All(Packages.Types(package), type => Assert.DoesNotMatch("(Manager|Helper|Helpers|Util|Utils|Utility)(`|$)", type.Name));

    [Theory]
    [MemberData(nameof(Packages.Theory), MemberType = typeof(Packages))]
    public void Nothing_public_lives_in_an_Internal_namespace(string package) =>
        Assert.All(Packages.Load(package).GetExportedTypes(), type => Assert.DoesNotContain(".Internal", type.Namespace, StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Packages.Theory), MemberType = typeof(Packages))]
    public void Time_comes_from_a_clock_that_was_given(string package)
    {
        foreach (var (path, text) in Packages.Sources(package))
        {
            var code = Comment().Replace(text, "");
            Assert.False(Sleep().IsMatch(code), $"{path} calls Thread.Sleep.");
            Assert.False(Delay().Matches(code).Any(call => !call.Value.Contains("time", StringComparison.OrdinalIgnoreCase)), $"{path} calls Task.Delay without a TimeProvider.");

            // EF translates this one into SQL: it is the database's clock.
            if (!path.EndsWith("/StoreClock.cs", StringComparison.Ordinal))
            {
                Assert.False(LocalClock().IsMatch(code), $"{path} reads the local clock.");
            }
            else
            {
                Assert.Single(LocalClock().Matches(code));
            }
        }
    }

    [GeneratedRegex(@"^namespace (?<name>[\w.]+);", RegexOptions.Multiline)]
    private static partial Regex Namespace();

    [GeneratedRegex(@"^\s*(public|internal) .*\b(class|struct|record|interface|enum)\b", RegexOptions.Multiline)]
    private static partial Regex Declaration();

    [GeneratedRegex(@"//[^\n]*")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\bThread\.Sleep\b")]
    private static partial Regex Sleep();

    [GeneratedRegex(@"\bTask\.Delay\([^;]*;")]
    private static partial Regex Delay();

    [GeneratedRegex(@"\b(DateTime|DateTimeOffset)\.(Utc)?(Now|Today)\b")]
    private static partial Regex LocalClock();
}
