using Consistency.Kit.AspNetCore.Idempotency.Internal;
using Microsoft.Extensions.Primitives;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

public sealed class KeyHeaderTests
{
    [Theory]
    [InlineData("abc", "abc")]
    [InlineData("\"abc\"", "abc")]
    [InlineData("  \"abc\"  ", "abc")]
    [InlineData(" abc ", "abc")]
    [InlineData("\"abc\";a=1;b;c=\"x;y\"", "abc")]
    [InlineData("\"abc\"; a=1", "abc")]
    [InlineData("abc;a=1", "abc")]
    [InlineData("\"a\\\"b\"", "a\"b")]
    [InlineData("\"a\\\\b\"", "a\\b")]
    [InlineData("\"a, b; c\"", "a, b; c")]
    [InlineData("8e03978e-40d5-43e8-bc93-6894a57f9324", "8e03978e-40d5-43e8-bc93-6894a57f9324")]
    [InlineData("a+b/c==", "a+b/c==")]
    [InlineData("a:b_c~d", "a:b_c~d")]
    public void A_key_is_read_with_and_without_quotes(string header, string key)
    {
        Assert.Null(KeyHeader.Read(header, out var value));
        Assert.Equal(key, value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("\"\"")]
    [InlineData("\"   \"")]
    [InlineData("\"abc")]
    [InlineData("abc\"")]
    [InlineData("\"abc\"x")]
    [InlineData("\"a\"b\"")]
    [InlineData("\"abc\\\"")]
    [InlineData("\"a\\bc\"")]
    [InlineData("\"a\\")]
    [InlineData("\"a\tb\"")]
    [InlineData("\"aéb\"")]
    [InlineData("aéb")]
    [InlineData("a\u007fb")]
    [InlineData("a b")]
    [InlineData("a\\b")]
    [InlineData("abc, def")]
    [InlineData("abc,def")]
    [InlineData("\"abc\", \"def\"")]
    [InlineData("(\"abc\" \"def\")")]
    [InlineData("\"abc\";")]
    [InlineData("\"abc\";=1")]
    [InlineData("\"abc\";a=")]
    [InlineData("\"abc\";A=1")]
    [InlineData("\"abc\";a=1,")]
    [InlineData(";a=1")]
    public void Anything_else_is_refused_and_says_why(string header)
    {
        Assert.NotNull(KeyHeader.Read(header, out var value));
        Assert.Empty(value);
    }

    [Fact]
    public void Two_lines_are_refused() => Assert.NotNull(KeyHeader.Read(new StringValues(["abc", "abc"]), out _));

    [Fact]
    public void The_longest_key_has_255_characters()
    {
        Assert.Null(KeyHeader.Read(new string('a', 255), out _));
        Assert.Null(KeyHeader.Read($"\"{new string('a', 255)}\"", out _));
        Assert.NotNull(KeyHeader.Read(new string('a', 256), out _));
        Assert.NotNull(KeyHeader.Read($"\"{new string('a', 10_000)}\"", out _));
    }

    [Fact]
    public void Escapes_do_not_count()
    {
        var quotes = string.Concat(Enumerable.Repeat("\\\"", 255));
        Assert.Null(KeyHeader.Read($"\"{quotes}\"", out var value));
        Assert.Equal(new string('"', 255), value);
    }

    [Fact]
    public void No_text_whatever_throws()
    {
        var random = new Random(7);
        const string letters = "a\"\\;=, é\t*1";
        for (var i = 0; i < 50_000; i++)
        {
            var text = string.Create(random.Next(12), random, (span, source) =>
            {
                foreach (ref var letter in span)
                {
                    letter = letters[source.Next(letters.Length)];
                }
            });
            var problem = KeyHeader.Read(text, out var value);
            Assert.True(problem is null == value.Length > 0, text);
        }
    }
}
