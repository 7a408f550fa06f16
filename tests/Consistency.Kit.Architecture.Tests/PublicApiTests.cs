using Consistency.Kit.Architecture.Tests.Support;

namespace Consistency.Kit.Architecture.Tests;

public sealed class PublicApiTests
{
    [Theory]
    [MemberData(nameof(Packages.Theory), MemberType = typeof(Packages))]
    public void What_users_see_is_what_was_approved(string package) =>
        Approval.Verify($"tests/Consistency.Kit.Architecture.Tests/PublicApi/{package}.approved.txt", PublicApi.Print(Packages.Load(package)));
}
