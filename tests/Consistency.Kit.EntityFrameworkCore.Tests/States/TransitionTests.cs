using Consistency.Kit.Conformance.States;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.States.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.States;

public sealed class TransitionTests
{
    private static readonly StateCause Callback = new("callback", "event-1");

    public static TheoryData<Engine> Engines => new(Engine.Sqlite, Engine.Postgres);

    [Theory]
    [MemberData(nameof(Engines))]
    public Task What_the_context_has_unsaved_is_saved_with_a_move_and_not_without_one(Engine engine) => WithParcelAsync(engine, async (services, id) =>
    {
        await UseAsync(services, async db =>
        {
            var parcel = await db.Parcels.SingleAsync(one => one.Id == id);
            parcel.Note = "refused";
            Assert.IsType<StateMove<ProbeState>.Illegal>(await db.Parcels.TransitionAsync(id, ProbeState.Shipped, Callback));
        });
        await UseAsync(services, async db => Assert.Equal("", (await db.Parcels.SingleAsync(one => one.Id == id)).Note));
        await UseAsync(services, async db =>
        {
            var parcel = await db.Parcels.SingleAsync(one => one.Id == id);
            parcel.Note = "paid";
            Assert.IsType<StateMove<ProbeState>.Moved>(await db.Parcels.TransitionAsync(id, ProbeState.Paid, Callback));
            Assert.Equal(ProbeState.Paid, parcel.State);
            Assert.Equal(EntityState.Unchanged, db.Entry(parcel).State);
            Assert.Equal([parcel], db.ChangeTracker.Entries().Select(entry => entry.Entity));
        });
        await UseAsync(services, async db =>
        {
            var parcel = await db.Parcels.SingleAsync(one => one.Id == id);
            Assert.Equal(("paid", ProbeState.Paid), (parcel.Note, parcel.State));
        });
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public Task A_tracked_entity_with_its_state_changed_by_hand_is_refused(Engine engine) => WithParcelAsync(engine, (services, id) => UseAsync(services, async db =>
    {
        (await db.Parcels.SingleAsync(one => one.Id == id)).State = ProbeState.Paid;
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => db.Parcels.TransitionAsync(id, ProbeState.Paid, Callback));
        Assert.Contains("changed by hand to Paid", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, await db.Set<StateMoveRow>().CountAsync());
    }));

    [Theory]
    [MemberData(nameof(Engines))]
    public Task A_clean_entity_is_brought_up_to_date_even_when_others_moved_it(Engine engine) => WithParcelAsync(engine, (services, id) => UseAsync(services, async db =>
    {
        var parcel = await db.Parcels.SingleAsync(one => one.Id == id);
        await UseAsync(services, other => other.Parcels.TransitionAsync(id, ProbeState.Paid, Callback));
        Assert.Equal(ProbeState.Open, parcel.State);
        Assert.IsType<StateMove<ProbeState>.Repeated>(await db.Parcels.TransitionAsync(id, ProbeState.Paid, Callback));
        Assert.Equal(ProbeState.Paid, parcel.State);
    }));

    [Theory]
    [MemberData(nameof(Engines))]
    public Task In_an_open_transaction_a_move_counts_when_its_owner_commits(Engine engine) => WithParcelAsync(engine, async (services, id) =>
    {
        foreach (var commits in (bool[])[false, true])
        {
            await UseAsync(services, async db =>
            {
                await using var transaction = await db.Database.BeginTransactionAsync();
                Assert.IsType<StateMove<ProbeState>.Moved>(await db.Parcels.TransitionAsync(id, ProbeState.Paid, Callback));
                if (commits)
                {
                    await transaction.CommitAsync();
                }
            });
            await UseAsync(services, async db =>
            {
                Assert.Equal(commits ? ProbeState.Paid : ProbeState.Open, (await db.Parcels.SingleAsync(one => one.Id == id)).State);
                Assert.Equal(commits ? 1 : 0, await db.Set<StateMoveRow>().CountAsync());
                Assert.Equal(commits ? 1 : 0, await db.Set<OutboxRow>().CountAsync());
            });
        }
    });

    [Theory]
    [MemberData(nameof(Engines))]
    public Task A_move_whose_save_fails_leaves_nothing_behind(Engine engine) => WithParcelAsync(engine, async (services, id) =>
    {
        await UseAsync(services, async db =>
        {
            db.Parcels.Add(new Parcel { Id = id });
            await Assert.ThrowsAnyAsync<InvalidOperationException>(() => db.Parcels.TransitionAsync(id, ProbeState.Paid, Callback));
        });
        await UseAsync(services, async db =>
        {
            db.Parcels.Add(new Parcel { Note = null! });
            await Assert.ThrowsAsync<DbUpdateException>(() => db.Parcels.TransitionAsync(id, ProbeState.Paid, Callback));
            Assert.Empty(db.ChangeTracker.Entries<OutboxRow>());
            Assert.Empty(db.ChangeTracker.Entries<StateMoveRow>());
        });
        await UseAsync(services, async db =>
        {
            Assert.Equal(ProbeState.Open, (await db.Parcels.SingleAsync(one => one.Id == id)).State);
            Assert.Equal(0, await db.Set<StateMoveRow>().CountAsync());
        });
    });

    [Fact]
    public Task Misuse_is_told_with_its_cure() => WithParcelAsync(Engine.Sqlite, (services, id) => UseAsync(services, async db =>
    {
        await Assert.ThrowsAsync<ArgumentException>(() => db.Parcels.TransitionAsync("a text", ProbeState.Paid, Callback));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => db.Parcels.TransitionAsync(id, (ProbeState)77, Callback));
        var other = await Assert.ThrowsAsync<InvalidOperationException>(() => db.Parcels.TransitionAsync(id, DayOfWeek.Friday, Callback));
        Assert.Contains("they are not DayOfWeek", other.Message, StringComparison.Ordinal);
        var system = await Assert.ThrowsAsync<InvalidOperationException>(() => db.Parcels.TransitionByWordAsync(StateProbe.Map, id, "moon", "FULL", Callback));
        Assert.Contains("map.Vocabulary(\"moon\"", system.Message, StringComparison.Ordinal);
    }));

    private static async Task WithParcelAsync(Engine engine, Func<ServiceProvider, Guid, Task> test)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var services = await ParcelDb.BuildAsync(database);
        var parcel = new Parcel();
        await UseAsync(services, db =>
        {
            db.Parcels.Add(parcel);
            return db.SaveChangesAsync();
        });
        await test(services, parcel.Id);
    }

    private static async Task UseAsync(ServiceProvider services, Func<ParcelDb, Task> work)
    {
        await using var scope = services.CreateAsyncScope();
        await work(scope.ServiceProvider.GetRequiredService<ParcelDb>());
    }
}
