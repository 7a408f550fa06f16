namespace Consistency.Kit.CrashShop.Tests;

/// <summary>A coordinator with both its branches is killed at every durable write, started again, and asked for the same transactions.</summary>
public abstract class TccCrashTests(string store)
{
    private const int Killed = 137;

    private protected async Task DieAtAsync(string point, params string[] settings)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        settings = [$"tccs={TccVerdict.Transactions}", .. settings];
        var crash = await database.RunAsync([.. settings, $"crash-at={point}", "hit=3"]);
        Assert.True(crash.ExitCode == Killed, $"The shop did not die at {point}; exit code {crash.ExitCode}.\n{crash.Output}");
        var again = await database.RunAsync(settings);
        Assert.True(again.ExitCode == 0, $"The shop did not finish after the crash; exit code {again.ExitCode}.\n{again.Output}");
        await TccVerdict.CheckAsync(database, database);
    }
}

public sealed class SqliteTccCrashTests() : TccCrashTests("sqlite")
{
    /// <summary>One point in each phase: all of them are died at on PostgreSQL.</summary>
    [Theory]
    [InlineData("tcc.begun")]
    [InlineData("tcc.registered")]
    [InlineData("tcc.decided")]
    [InlineData("tcc.asked")]
    [InlineData("barrier.committing")]
    public Task Both_branches_end_alike_and_once_wherever_their_coordinator_dies(string point) => DieAtAsync(point);
}

public sealed class PostgresTccCrashTests() : TccCrashTests("postgres")
{
    [Theory]
    [MemberData(nameof(CrashPointList.TccTheory), MemberType = typeof(CrashPointList))]
    public Task Both_branches_end_alike_and_once_wherever_their_coordinator_dies(string point) => DieAtAsync(point);

    [Theory]
    [InlineData("tcc.registered")]
    [InlineData("tcc.decided")]
    [InlineData("relay.sent")]
    [InlineData("inbox.committing")]
    [InlineData("work.signalling")]
    public Task A_branch_that_is_asked_by_message_ends_as_the_other_one(string point) => DieAtAsync(point, "wallet=message");
}
