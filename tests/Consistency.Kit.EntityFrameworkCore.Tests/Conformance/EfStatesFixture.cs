using Consistency.Kit.Conformance.States;
using Consistency.Kit.EntityFrameworkCore.Messaging.Internal;
using Consistency.Kit.EntityFrameworkCore.States.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.States;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>Parcels in an empty database that two applications use; no engine runs, so messages stay where they were written.</summary>
internal sealed class EfStatesFixture : StatesFixture
{
    private readonly Database _database;
    private readonly ServiceProvider[] _instances;

    private EfStatesFixture(Database database, ServiceProvider[] instances)
    {
        _database = database;
        _instances = instances;
    }

    internal static async ValueTask<StatesFixture> CreateAsync(Engine engine)
    {
        var database = await Database.CreateAsync(engine);
        return new EfStatesFixture(database, [await ParcelDb.BuildAsync(database), await ParcelDb.BuildAsync(database)]);
    }

    public override Task<Guid> AddAsync(CancellationToken cancellationToken) => UseAsync(0, async db =>
    {
        var parcel = new Parcel();
        db.Parcels.Add(parcel);
        await db.SaveChangesAsync(cancellationToken);
        return parcel.Id;
    });

    public override Task<StateMove<ProbeState>> MoveAsync(int instance, Guid id, ProbeState target, StateCause cause, CancellationToken cancellationToken) =>
        UseAsync(instance, db => db.Parcels.TransitionAsync(id, target, cause, cancellationToken));

    public override Task<StateMove<ProbeState>> MoveByWordAsync(Guid id, string word, StateCause cause, CancellationToken cancellationToken) =>
        UseAsync(0, db => db.Parcels.TransitionByWordAsync(StateProbe.Map, id, StateProbe.System, word, cause, cancellationToken));

    public override Task ChangeByHandAsync(Guid id, ProbeState state, CancellationToken cancellationToken) =>
        UseAsync(0, db => db.Parcels.Where(parcel => parcel.Id == id).ExecuteUpdateAsync(set => set.SetProperty(parcel => parcel.State, state), cancellationToken));

    public override Task<ProbeState> ReadAsync(Guid id, CancellationToken cancellationToken) =>
        UseAsync(1, db => db.Parcels.Where(parcel => parcel.Id == id).Select(parcel => parcel.State).SingleAsync(cancellationToken));

    public override Task<IReadOnlyList<StateHistoryEntry>> HistoryAsync(Guid id, CancellationToken cancellationToken) =>
        UseAsync(1, db => db.Parcels.StateHistoryAsync(StateProbe.Map, id, cancellationToken));

    public override Task<int> CountMessagesAsync(Guid id, CancellationToken cancellationToken)
    {
        var key = id.ToString();
        return UseAsync(1, db => db.Set<OutboxRow>().CountAsync(row => row.Key == key, cancellationToken));
    }

    public override Task<int> CountRefusalsAsync(Guid id, CancellationToken cancellationToken)
    {
        var key = id.ToString();
        return UseAsync(1, db => db.Set<StateRefusalRow>().CountAsync(row => row.ThingId == key, cancellationToken));
    }

    public override Task<IReadOnlyList<StateGhost>> FindGhostsAsync(CancellationToken cancellationToken) =>
        UseAsync(1, async db => (IReadOnlyList<StateGhost>)await db.Parcels.FindStateGhostsAsync(StateProbe.Map, cancellationToken).ToListAsync(cancellationToken));

    public override Task<IReadOnlyList<StateGhost>> CompareAsync(IReadOnlyDictionary<string, string> words, CancellationToken cancellationToken) => UseAsync(
        1,
        async db => (IReadOnlyList<StateGhost>)await db.Parcels.CompareStatesAsync(StateProbe.Map, StateProbe.System, words.ToAsyncEnumerable(), cancellationToken).ToListAsync(cancellationToken));

    public override async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    private async Task<T> UseAsync<T>(int instance, Func<ParcelDb, Task<T>> work)
    {
        await using var scope = _instances[instance].CreateAsyncScope();
        return await work(scope.ServiceProvider.GetRequiredService<ParcelDb>());
    }
}
