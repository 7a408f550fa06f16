using Consistency.Kit.Idempotency;

namespace Consistency.Kit.Tests.Idempotency;

public sealed class IdempotencyKeyTests
{
    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("   ")]
    [InlineData("tab\t")]
    [InlineData("line\n")]
    [InlineData("schlüssel")]
    [InlineData("\u007f")]
    public void A_value_that_cannot_travel_is_refused_with_the_cure(string? value)
    {
        var refused = Assert.Throws<ArgumentException>(() => new IdempotencyKey(value!, "POST /orders"));
        Assert.Contains("Send a UUID", refused.Message.Replace("send", "Send", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_may_have_255_characters_and_no_more()
    {
        _ = new IdempotencyKey(new string('k', 255), "POST /orders");
        Assert.Throws<ArgumentException>(() => new IdempotencyKey(new string('k', 256), "POST /orders"));
        Assert.Throws<ArgumentException>(() => new IdempotencyKey(new string('k', 10_000), "POST /orders"));
    }

    [Fact]
    public void Parts_are_told_apart_wherever_their_borders_are()
    {
        string[][] parts = [["a", "bc", "d", "e"], ["ab", "c", "d", "e"], ["a", "b", "cd", "e"], ["a", "b", "c", "de"], ["e", "d", "c", "ab"], ["a", "b", "", "cde"]];
        var keys = parts.Select(part => new IdempotencyKey(part[0], part[1], part[2], part[3])).ToHashSet();
        Assert.Equal(parts.Length, keys.Count);
        Assert.Contains(new IdempotencyKey("a", "bc", "d", "e"), keys);
    }

    [Fact]
    public void Long_parts_count_to_their_last_character()
    {
        var caller = new string('c', 5_000);
        Assert.NotEqual(new IdempotencyKey("k", "o", caller + "1"), new IdempotencyKey("k", "o", caller + "2"));
    }

    [Fact]
    public void A_call_of_the_work_has_a_key_of_its_own_that_never_changes()
    {
        var key = new IdempotencyKey("k", "POST /orders", "ann");
        Assert.Equal(key.For("charge"), new IdempotencyKey("k", "POST /orders", "ann").For("charge"));
        Assert.NotEqual(key.For("charge"), key.For("refund"));
        Assert.NotEqual(key.For("charge"), new IdempotencyKey("k", "POST /orders", "bob").For("charge"));
        Assert.Matches("^[0-9a-f]{32}$", key.For("charge"));
    }

    [Fact]
    public void Its_text_does_not_tell_the_value() =>
        Assert.DoesNotContain("secret", new IdempotencyKey("secret", "POST /orders").ToString(), StringComparison.Ordinal);

    [Fact]
    public void Fingerprints_compare_by_content()
    {
        Assert.Equal(Fingerprint.Of("a"u8), Fingerprint.Of("a"u8));
        Assert.NotEqual(Fingerprint.Of("a"u8), Fingerprint.Of("b"u8));
        Assert.NotEqual(Fingerprint.None, Fingerprint.Of([]));
        Assert.Equal(Fingerprint.None, new Fingerprint(new byte[32]));
        Assert.Throws<ArgumentException>(() => new Fingerprint(new byte[31]));
    }
}
