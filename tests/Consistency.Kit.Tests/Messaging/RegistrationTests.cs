using System.Text;
using System.Text.Json.Serialization;
using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;
using Consistency.Kit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tests.Messaging;

public sealed class RegistrationTests
{
    [Fact]
    public void A_message_is_written_and_read_under_its_name()
    {
        var services = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders"));
        var encoded = services.GetRequiredService<MessageEncoder>().Encode(new Placed("1", 2), "key", null);
        Assert.Equal(("placed.v2", "orders", "key"), (encoded.Type, encoded.Topic, encoded.Key));
        Assert.Equal(new Placed("1", 2), Catalog(services).FindReader("placed.v2")!.Read(encoded.Payload));
    }

    [Fact]
    public void An_earlier_version_is_brought_up_to_the_current_one()
    {
        var services = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders", message => message.Upcast<PlacedV1>("placed.v1", earlier => new Placed(earlier.Id, 7))));
        var reader = Catalog(services).FindReader("placed.v1")!;
        Assert.Equal(typeof(Placed), reader.ClrType);
        Assert.Equal(new Placed("x", 7), reader.Read(Encoding.UTF8.GetBytes("""{"Id":"x"}""")));
    }

    [Fact]
    public void Nothing_is_read_under_a_clr_name() =>
        Assert.Null(Catalog(Build(kit => kit.AddMessage<Placed>("placed.v2", "orders"))).FindReader(typeof(Placed).FullName!));

    [Theory]
    [InlineData("no-store", "kit.UseEntityFrameworkCore<YourDbContext>()")]
    [InlineData("no-json", "kit.UseJson(YourJsonContext.Default)")]
    [InlineData("not-in-json", "[JsonSerializable(typeof(Guid))]")]
    [InlineData("no-message", "kit.AddMessage<Placed>(")]
    [InlineData("no-handler", "kit.AddHandler<Placed, YourHandler>()")]
    [InlineData("name-twice", "'placed.v2' is used twice")]
    [InlineData("type-twice", "Placed is registered as 'placed.v2' and as 'placed.v3'")]
    [InlineData("consumer-twice", "Two handlers have the consumer name 'on-placed'")]
    [InlineData("unknown-store", "kit.UseEntityFrameworkCore<String>()")]
    [InlineData("two-stores", "h => h.In<FakeStore>()")]
    [InlineData("bad-options", "OutboxOptions.Shards must be between 1 and 1024")]
    public void Each_wrong_registration_is_named_with_its_cure(string mistake, string cure)
    {
        var services = new ServiceCollection().AddConsistencyKit(kit =>
        {
            if (mistake != "no-store")
            {
                kit.AddStore<FakeStore>(_ => new FakeStore(TimeProvider.System).Store);
            }

            if (mistake == "two-stores")
            {
                kit.AddStore<object>(_ => new FakeStore(TimeProvider.System).Store);
            }

            if (mistake != "no-json")
            {
                kit.UseJson(RegistrationJson.Default);
            }

            if (mistake != "no-message")
            {
                kit.AddMessage<Placed>("placed.v2", "orders");
            }

            if (mistake != "no-handler")
            {
                kit.AddHandler<Placed, OnPlaced>(handler => _ = mistake == "unknown-store" ? handler.In<string>() : handler);
            }

            _ = mistake switch
            {
                "not-in-json" => kit.AddMessage<Guid>("guid.v1", "guids"),
                "name-twice" => kit.AddMessage<PlacedV1>("placed.v2", "orders"),
                "type-twice" => kit.AddMessage<Placed>("placed.v3", "orders"),
                "consumer-twice" => kit.AddHandler<Placed, OnPlaced>(),
                "bad-options" => kit.ConfigureOutbox(outbox => outbox.Shards = 0),
                _ => kit,
            };
        }).BuildServiceProvider();
        Assert.Contains(services.GetRequiredService<ConsumerCatalog>().Problems, problem => problem.Contains(cure, StringComparison.Ordinal));
    }

    [Fact]
    public void Right_registrations_have_no_problems()
    {
        var services = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders").AddHandler<Placed, OnPlaced>());
        Assert.Empty(services.GetRequiredService<ConsumerCatalog>().Problems);
    }

    [Fact]
    public void Publishing_an_unregistered_type_names_the_call_to_add()
    {
        var encoder = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders")).GetRequiredService<MessageEncoder>();
        var exception = Assert.Throws<InvalidOperationException>(() => encoder.Encode(new PlacedV1("x"), "key", null));
        Assert.Contains("kit.AddMessage<PlacedV1>(", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("\0")]
    public void A_key_no_database_takes_is_refused_with_a_cure(string? key)
    {
        var encoder = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders")).GetRequiredService<MessageEncoder>();
        Assert.Contains("'placed.v2'", Assert.Throws<ArgumentException>(() => encoder.Encode(new Placed("1", 1), key!, null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_key()
    {
        var encoder = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders")).GetRequiredService<MessageEncoder>();
        Assert.Throws<ArgumentException>(() => encoder.Encode(new Placed("1", 1), new string('\ud83d', 1), null));
        encoder.Encode(new Placed("1", 1), "🔑", null);
    }

    [Fact]
    public void Keys_and_bodies_have_limits_that_are_named()
    {
        var encoder = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders").ConfigureOutbox(outbox => outbox.MaxMessageBytes = 100)).GetRequiredService<MessageEncoder>();
        encoder.Encode(new Placed("1", 1), new string('k', MessageEncoder.MaxKeyLength), null);
        Assert.Throws<ArgumentException>(() => encoder.Encode(new Placed("1", 1), new string('k', MessageEncoder.MaxKeyLength + 1), null));
        var tooLarge = Assert.Throws<InvalidOperationException>(() => encoder.Encode(new Placed(new string('x', 100), 1), "key", null));
        Assert.Contains("OutboxOptions.MaxMessageBytes", tooLarge.Message, StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => encoder.Encode(new Placed("1", 1), "key", new Dictionary<string, string> { ["h"] = new string('x', 100) }));
    }

    [Theory]
    [InlineData("traceparent")]
    [InlineData("CE_id")]
    [InlineData(" ")]
    public void Headers_of_the_kits_own_are_refused(string name)
    {
        var encoder = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders")).GetRequiredService<MessageEncoder>();
        Assert.Throws<ArgumentException>(() => encoder.Encode(new Placed("1", 1), "key", new Dictionary<string, string> { [name] = "x" }));
    }

    [Fact]
    public void The_shard_of_a_key_is_the_same_for_ever()
    {
        var encoder = Build(kit => kit.AddMessage<Placed>("placed.v2", "orders")).GetRequiredService<MessageEncoder>();
        Assert.Equal([encoder.ShardOf("order-1"), encoder.ShardOf("order-2"), encoder.ShardOf("鍵")], [ShardByHand("order-1"), ShardByHand("order-2"), ShardByHand("鍵")]);
        var shares = Enumerable.Range(0, 16_000).GroupBy(number => encoder.ShardOf($"order-{number}")).Select(shard => shard.Count()).ToList();
        Assert.Equal(16, shares.Count);
        Assert.All(shares, share => Assert.InRange(share, 700, 1_300));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_a_handler_needs_and_nobody_registered_is_named(bool registered)
    {
        var services = new ServiceCollection();
        if (registered)
        {
            services.AddSingleton(new Clerk()).AddKeyedSingleton("night", new Clerk());
        }

        services.AddConsistencyKit(kit => kit
            .AddStore<FakeStore>(_ => new FakeStore(TimeProvider.System).Store)
            .UseJson(RegistrationJson.Default)
            .AddMessage<Placed>("placed.v2", "orders")
            .AddHandler<Placed, NeedyHandler>()
            .AddHandler<Placed, ChoosyHandler>());

        // As a host does in development: what the kit can name is left to the kit.
        using var provider = services.BuildServiceProvider(new ServiceProviderOptions { ValidateOnBuild = true, ValidateScopes = true });
        var problems = provider.GetRequiredService<ConsumerCatalog>().Problems;
        using var scope = provider.CreateScope();
        Assert.NotNull(scope.ServiceProvider.GetRequiredService<ChoosyHandler>());
        if (registered)
        {
            Assert.Empty(problems);
            Assert.True(scope.ServiceProvider.GetRequiredService<NeedyHandler>().HasAll);
        }
        else
        {
            Assert.Equal(2, problems.Count);
            Assert.All(problems, problem => Assert.StartsWith("NeedyHandler needs Clerk (", problem, StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A_kit_without_messages_needs_no_store_for_them()
    {
        using var provider = new ServiceCollection().AddConsistencyKit(kit => kit.UseMemoryIdempotency()).BuildServiceProvider();
        foreach (var service in provider.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Microsoft.Extensions.Hosting.IHostedLifecycleService>())
        {
            await service.StartingAsync(CancellationToken.None);
        }
    }

    private static int ShardByHand(string key)
    {
        var hash = key.Aggregate(2166136261u, (current, character) => unchecked((current ^ character) * 16777619u));
        return (int)((hash ^ (hash >> 16)) % 16);
    }

    private static ServiceProvider Build(Action<ConsistencyKitBuilder> configure) => new ServiceCollection()
        .AddConsistencyKit(kit => configure(kit.AddStore<FakeStore>(_ => new FakeStore(TimeProvider.System).Store).UseJson(RegistrationJson.Default)))
        .BuildServiceProvider();

    private static MessageCatalog Catalog(ServiceProvider services) => services.GetRequiredService<MessageCatalog>();

    private sealed class OnPlaced : IMessageHandler<Placed>
    {
        public Task HandleAsync(Placed message, MessageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
    }
}

internal sealed class Clerk;

internal sealed class NeedyHandler(Clerk day, [FromKeyedServices("night")] Clerk night, IEnumerable<Clerk> all, IServiceProvider services, TimeProvider? time = null) : IMessageHandler<Placed>
{
    internal bool HasAll => day != night && all.Any() && services.GetService<Clerk>() == day && time is not null;

    public Task HandleAsync(Placed message, MessageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

/// <summary>The container takes the constructor that it can serve.</summary>
internal sealed class ChoosyHandler : IMessageHandler<Placed>
{
    public ChoosyHandler()
    {
    }

    public ChoosyHandler(Version nobodyRegisteredThis) => ArgumentNullException.ThrowIfNull(nobodyRegisteredThis);

    public Task HandleAsync(Placed message, MessageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}

internal sealed record Placed(string Id, int Version);

internal sealed record PlacedV1(string Id);

[JsonSerializable(typeof(Placed))]
[JsonSerializable(typeof(PlacedV1))]
internal sealed partial class RegistrationJson : JsonSerializerContext;
