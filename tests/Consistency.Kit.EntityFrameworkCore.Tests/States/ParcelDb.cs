using System.Text.Json.Serialization;
using Consistency.Kit.Conformance.States;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.States;

public sealed class ParcelDb(DbContextOptions<ParcelDb> options) : DbContext(options)
{
    public DbSet<Parcel> Parcels => Set<Parcel>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Parcel>(parcel =>
    {
        parcel.Property(x => x.Id).ValueGeneratedNever();
        parcel.Property(x => x.State).HasConversion<string>();
    });

    internal static async Task<ServiceProvider> BuildAsync(Database database, Action<ConsistencyKitBuilder>? configure = null)
    {
        var services = new ServiceCollection()
            .AddDbContext<ParcelDb>(database.Configure)
            .AddConsistencyKit(kit =>
            {
                kit.UseEntityFrameworkCore<ParcelDb>(options => options.Portable = database.IsPortable)
                    .UseJson(ParcelJson.Default)
                    .AddMessage<ParcelMoved>("parcel-moved.v1", "parcels")
                    .AddStates<Parcel, ProbeState>(StateProbe.Map, parcel => parcel.State, states => states.Publish(move => new ParcelMoved(Guid.Parse(move.Id), move.To.ToString())));
                configure?.Invoke(kit);
            })
            .BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        await scope.ServiceProvider.GetRequiredService<ParcelDb>().Database.EnsureConsistencyKitCreatedAsync();
        return services;
    }
}

public sealed class Parcel
{
    public Guid Id { get; set; } = Guid.CreateVersion7();

    public ProbeState State { get; set; }

    public string Note { get; set; } = "";
}

public sealed record ParcelMoved(Guid Id, string To);

[JsonSerializable(typeof(ParcelMoved))]
public sealed partial class ParcelJson : JsonSerializerContext;
