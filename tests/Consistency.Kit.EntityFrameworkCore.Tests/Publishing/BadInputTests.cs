using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Publishing;

/// <summary>What is wrong is refused where it is published, by name and with the cure, and nothing is tracked.</summary>
public sealed class BadInputTests
{
    [Fact]
    public Task An_unregistered_type() => RefusedAsync<InvalidOperationException>(
        db => db.Outbox.Publish(new Unregistered(1), "k"),
        "Unregistered is not a registered message: add kit.AddMessage<Unregistered>(");

    [Fact]
    public Task An_unregistered_type_for_generated_keys() => RefusedAsync<InvalidOperationException>(
        db => db.Outbox.Publish(new Zebra(), zebra => new Unregistered(1), _ => "k"),
        "add kit.AddMessage<Unregistered>(");

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    public Task A_missing_key(string? key) => RefusedAsync<ArgumentException>(db => db.Place(1, key!), "Message 'order-placed.v1' has no key.");

    [Fact]
    public Task A_key_of_256_characters() => RefusedAsync<ArgumentException>(db => db.Place(1, new string('x', 256)), "has 256 characters; the limit is 255");

    [Fact]
    public Task A_key_with_NUL() => RefusedAsync<ArgumentException>(db => db.Place(1, "a\0b"), "contains a NUL character");

    [Fact]
    public Task A_key_that_is_no_Unicode_text() => RefusedAsync<ArgumentException>(db => db.Place(1, "a\ud800"), "is not valid Unicode");

    [Fact]
    public Task A_missing_message() => RefusedAsync<ArgumentNullException>(db => db.Outbox.Publish<OrderPlaced>(null!, "k"), "message");

    [Theory]
    [InlineData("traceparent")]
    [InlineData("tracestate")]
    [InlineData("content-type")]
    [InlineData("ce_id")]
    [InlineData("CE_type")]
    public Task A_reserved_header(string name) => RefusedAsync<ArgumentException>(
        db => db.Outbox.Publish(new OrderPlaced(Guid.Empty, 1), "k", new Dictionary<string, string> { [name] = "x" }),
        $"sets the header '{name}', which the kit writes itself");

    [Theory]
    [InlineData("", "x")]
    [InlineData("name", null)]
    public Task A_header_without_name_or_value(string name, string? value) => RefusedAsync<ArgumentException>(
        db => db.Outbox.Publish(new OrderPlaced(Guid.Empty, 1), "k", new Dictionary<string, string> { [name] = value! }),
        "has a header without a name");

    [Fact]
    public Task An_oversized_body() => RefusedAsync<InvalidOperationException>(
        db => db.Place(1),
        "bytes; the limit is 20. Publish a reference to the data instead, or raise OutboxOptions.MaxMessageBytes",
        kit => kit.ConfigureOutbox(outbox => outbox.MaxMessageBytes = 20));

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    public async Task The_longest_key_is_saved_whole(Engine engine)
    {
        await using var publisher = await Publisher.StartAsync(engine);
        await using var scope = publisher.Open(out var db);
        var key = new string('ü', 251) + "😀'\"";
        Assert.Equal(255, key.Length);
        db.Place(1, key);
        await db.SaveChangesAsync();
        Assert.Equal(key, (await publisher.RowsAsync()).Single().Key);
    }

    private static async Task RefusedAsync<TException>(Action<PublishingDb> publish, string expected, Action<ConsistencyKitBuilder>? kit = null)
        where TException : Exception
    {
        await using var publisher = await Publisher.StartAsync(Engine.Sqlite, kit: kit);
        await using var scope = publisher.Open(out var db);
        var refused = Assert.ThrowsAny<TException>(() => publish(db));
        Assert.Contains(expected, refused.Message, StringComparison.Ordinal);
        Assert.Empty(db.ChangeTracker.Entries());
        Assert.Equal(0, await db.SaveChangesAsync());
    }

    private sealed record Unregistered(int Number);
}
