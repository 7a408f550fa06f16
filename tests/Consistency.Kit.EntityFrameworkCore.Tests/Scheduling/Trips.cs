using Consistency.Kit.EntityFrameworkCore.Tests.Sagas;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Sagas;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Scheduling;

/// <summary>One saga in two versions, which wait until they are told to go.</summary>
internal static class Trips
{
    internal static readonly SignalKey<Trip> Go = new("go");

    internal static Task GoneAsync(ShopDb db, SagaContext<Trip> context)
    {
        db.Effects.Add(new Effect { Key = context.SagaId, Number = context.Input.Number });
        return Task.CompletedTask;
    }
}

internal sealed class FirstTrip(ShopDb db) : ISaga<FirstTrip, Trip>
{
    public static SagaDefinition<FirstTrip, Trip> Define(SagaStart<FirstTrip, Trip> saga) => saga
        .Named("two-trips", version: 1)
        .WaitFor(Trips.Go, within: TimeSpan.FromHours(1))
        .Retriable(new StepKey("travel"), run: s => s.TravelAsync, o => o.CommitsWithProgress = true)
        .Build();

    private Task TravelAsync(SagaContext<Trip> context, CancellationToken cancellationToken) => Trips.GoneAsync(db, context);
}

internal sealed class SecondTrip(ShopDb db) : ISaga<SecondTrip, Trip>
{
    public static SagaDefinition<SecondTrip, Trip> Define(SagaStart<SecondTrip, Trip> saga) => saga
        .Named("two-trips", version: 2)
        .WaitFor(Trips.Go, within: TimeSpan.FromHours(1))
        .Retriable(new StepKey("travel-further"), run: s => s.TravelAsync, o => o.CommitsWithProgress = true)
        .Build();

    private Task TravelAsync(SagaContext<Trip> context, CancellationToken cancellationToken) => Trips.GoneAsync(db, context);
}
