using Consistency.Kit.EntityFrameworkCore.Internal;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Migrations.Operations;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Schema;

/// <summary>The tables as migrations see them; no database is asked.</summary>
public sealed class ModelTests
{
    public enum Server
    {
        Sqlite,
        Postgres,
        SqlServer,
    }

    public static TheoryData<Server> Servers => new(Enum.GetValues<Server>());

    [Theory]
    [MemberData(nameof(Servers))]
    public void A_design_time_factory_sees_the_tables(Server server)
    {
        using var byOptions = new ModelDb(server, _ => { }, kit => kit.UseConsistencyKit());
        using var byModel = new ModelDb(server, model => model.AddConsistencyKit());
        using var without = new ModelDb(server, _ => { });
        Assert.Equal(KitModel.Probes.Count, TablesAdded(without, byOptions));
        Assert.Equal(KitModel.Probes.Count, TablesAdded(without, byModel));
        Assert.Contains("consistency_outbox", byOptions.Database.GenerateCreateScript(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Servers))]
    public void The_model_builder_and_the_convention_agree_and_may_both_be_used_again_and_again(Server server)
    {
        using var byOptions = new ModelDb(server, _ => { }, kit => kit.UseConsistencyKit());
        using var byModel = new ModelDb(server, model => model.AddConsistencyKit());
        using var twice = new ModelDb(server, model => model.AddConsistencyKit().AddConsistencyKit());
        using var both = new ModelDb(server, model => model.AddConsistencyKit(), kit => kit.UseConsistencyKit());
        foreach (var other in (ModelDb[])[byModel, twice, both])
        {
            Assert.Empty(Differences(byOptions, other));
            Assert.Empty(Differences(other, byOptions));
        }
    }

    [Theory]
    [InlineData(Server.Postgres)]
    [InlineData(Server.SqlServer)]
    public void A_schema_given_to_one_of_them_holds_when_the_other_names_none(Server server)
    {
        using var byOptions = new ModelDb(server, _ => { }, kit => kit.UseConsistencyKit(options => options.Schema = "kit"));
        using var byModel = new ModelDb(server, model => model.AddConsistencyKit("kit"));
        using var both = new ModelDb(server, model => model.AddConsistencyKit(), kit => kit.UseConsistencyKit(options => options.Schema = "kit"));
        Assert.Empty(Differences(byOptions, byModel));
        Assert.Empty(Differences(byOptions, both));
        Assert.Equal("kit", Outbox(byOptions).GetSchema());
    }

    [Fact]
    public void Contexts_of_one_type_with_different_schemas_have_models_of_their_own()
    {
        using var first = new ModelDb(Server.Postgres, _ => { }, kit => kit.UseConsistencyKit(options => options.Schema = "one"), cache: true);
        using var second = new ModelDb(Server.Postgres, _ => { }, kit => kit.UseConsistencyKit(options => options.Schema = "two"), cache: true);
        Assert.Equal(("one", "two"), (Outbox(first).GetSchema(), Outbox(second).GetSchema()));
    }

    [Fact]
    public void The_users_default_schema_is_followed()
    {
        using var db = new ModelDb(Server.Postgres, model => model.HasDefaultSchema("shop"), kit => kit.UseConsistencyKit());
        Assert.Equal("shop", Outbox(db).GetSchema());
    }

    [Fact]
    public void The_columns_follow_Debeziums_outbox_event_router()
    {
        using var db = new ModelDb(Server.Postgres, _ => { }, kit => kit.UseConsistencyKit());
        var columns = Outbox(db).GetProperties().ToDictionary(property => property.GetColumnName(), property => property.GetColumnType());
        Assert.Equal(
            new Dictionary<string, string>
            {
                ["position"] = "bigint",
                ["shard"] = "integer",
                ["id"] = "uuid",
                ["aggregatetype"] = "character varying(200)",
                ["aggregateid"] = "character varying(255)",
                ["type"] = "character varying(200)",
                ["payload"] = "bytea",
                ["headers"] = "text",
                ["traceparent"] = "character varying(55)",
                ["tracestate"] = "character varying(512)",
                ["published_at"] = "timestamp with time zone",
            },
            columns!);
    }

    [Fact]
    public void The_database_numbers_the_rows_also_where_the_model_prefers_another_way()
    {
        void Is(Action<ModelBuilder> model, Server server, string expected)
        {
            using var db = new ModelDb(server, model, kit => kit.UseConsistencyKit());
            Assert.Contains(expected, db.Database.GenerateCreateScript(), StringComparison.Ordinal);
            using var atDesignTime = new ModelDb(server, all => model(all.AddConsistencyKit()));
            Assert.Empty(Differences(db, atDesignTime));
        }

        const string postgres = "position bigint GENERATED BY DEFAULT AS IDENTITY";
        Is(model => NpgsqlModelBuilderExtensions.UseHiLo(model), Server.Postgres, postgres);
        Is(model => NpgsqlModelBuilderExtensions.UseKeySequences(model), Server.Postgres, postgres);
        Is(model => NpgsqlModelBuilderExtensions.UseSerialColumns(model), Server.Postgres, postgres);
        const string sqlServer = "[position] bigint NOT NULL IDENTITY";
        Is(model => SqlServerModelBuilderExtensions.UseHiLo(model), Server.SqlServer, sqlServer);
        Is(model => SqlServerModelBuilderExtensions.UseKeySequences(model), Server.SqlServer, sqlServer);
    }

    private static IEntityType Outbox(DbContext db) =>
        db.GetService<IDesignTimeModel>().Model.GetEntityTypes().Single(type => type.GetTableName() == "consistency_outbox");

    private static int TablesAdded(DbContext from, DbContext to) => Differences(from, to).OfType<CreateTableOperation>().Count();

    private static IReadOnlyList<MigrationOperation> Differences(DbContext from, DbContext to) =>
        to.GetService<IMigrationsModelDiffer>().GetDifferences(
            from.GetService<IDesignTimeModel>().Model.GetRelationalModel(),
            to.GetService<IDesignTimeModel>().Model.GetRelationalModel());

    private sealed class ModelDb(Server server, Action<ModelBuilder> model, Action<DbContextOptionsBuilder>? kit = null, bool cache = false) : DbContext
    {
        protected override void OnConfiguring(DbContextOptionsBuilder optionsBuilder)
        {
            _ = server switch
            {
                Server.Sqlite => optionsBuilder.UseSqlite("Data Source=:memory:"),
                Server.Postgres => optionsBuilder.UseNpgsql("Host=nowhere"),
                _ => optionsBuilder.UseSqlServer("Server=nowhere"),
            };
            kit?.Invoke(optionsBuilder);
            if (!cache)
            {
                // Each of these contexts has a model of its own, although they are of one type.
                optionsBuilder.EnableServiceProviderCaching(false);
            }
        }

        protected override void OnModelCreating(ModelBuilder modelBuilder)
        {
            modelBuilder.Entity<Thing>();
            model(modelBuilder);
        }
    }

    private sealed class Thing
    {
        public long Id { get; set; }
    }
}
