using System.Text;
using Consistency.Kit.Work;

namespace Consistency.Kit.Conformance.Work;

/// <summary>What the suites of a store of durable work share.</summary>
public abstract class WorkConformance
{
    private protected const string Type = "job/test";

    private protected static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private protected static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);
    private protected static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private protected static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes an empty store. The suite disposes it.</summary>
    protected abstract ValueTask<WorkStoreFixture> CreateAsync();

    private protected async Task WithAsync(Func<WorkStore, Task> fact)
    {
        await using var fixture = await CreateAsync();
        await fact(fixture.Store);
    }

    private protected async Task WithFixtureAsync(Func<WorkStoreFixture, Task> fact)
    {
        await using var fixture = await CreateAsync();
        await fact(fixture);
    }

    private protected static NewWork New(string input = "input", string type = Type, string? key = null, string? group = null, TimeSpan delay = default) =>
        new() { Scope = type, Type = type, Key = key, FreesKey = true, GroupKey = group, Input = Bytes(input), Delay = delay };

    private protected static async Task<Guid> AddAsync(WorkStore store, NewWork work) => (await store.Intake.AddAsync(work, Token)).Id;

    private protected static async Task<IReadOnlyList<ClaimedWork>> ClaimAsync(WorkStore store, int limit = 10, TimeSpan? lease = null, string owner = "one", string type = Type, TimeSpan lookAhead = default) =>
        (await store.Claims.ClaimAsync(new WorkClaimRequest { Owner = owner, Lease = lease ?? Long, Types = [type], Limit = limit, LookAhead = lookAhead }, Token)).Claimed;

    /// <summary>Adds one piece of work and claims it.</summary>
    private protected static async Task<ClaimedWork> HoldAsync(WorkStore store, NewWork? work = null, TimeSpan? lease = null)
    {
        await AddAsync(store, work ?? New());
        return Assert.Single(await ClaimAsync(store, lease: lease));
    }

    private protected static async Task<ClaimedWork> EventuallyClaimAsync(WorkStore store, string owner)
    {
        ClaimedWork? claimed = null;
        await EventuallyAsync(async () => await ClaimAsync(store, owner: owner) is [var first, ..] && (claimed = first) is not null, "the work is claimed");
        return claimed!;
    }

    private protected static async Task<WorkSnapshot> SnapshotAsync(WorkStore store, Guid id) => Assert.IsType<WorkSnapshot>(await store.Reader.FindAsync(id, Token));

    private protected static async Task<IReadOnlyList<WorkEvent>> HistoryAsync(WorkStore store, Guid id) => await store.Reader.ReadHistoryAsync(id, 0, Token);

    private protected static WorkEvent Event(string name, string detail = "") => new() { Name = name, Detail = Bytes(detail) };

    private protected static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private protected static string Text(ReadOnlyMemory<byte> bytes) => Encoding.UTF8.GetString(bytes.Span);

    private protected static async Task EventuallyAsync(Func<Task<bool>> condition, string what)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"This did not happen: {what}.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }
}
