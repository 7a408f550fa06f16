using Consistency.Kit.AspNetCore.Idempotency.Internal;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

public sealed class AnswerCodecTests
{
    /// <summary>Answers live in databases over releases: these bytes are read for ever.</summary>
    [Fact]
    public void What_the_first_version_wrote_is_still_read()
    {
        var stored = Convert.FromHexString(
            "01" + "00" + "C900" + "03" +
            "01" + "01" + "1000" + Hex("application/json") +
            "02" + "01" + "0900" + Hex("/orders/7") +
            "00" + "07" + Hex("X-Total") + "02" + "0100" + Hex("7") + "0200" + "C3A9" +
            Hex("{\"id\":7}"));
        var context = new DefaultHttpContext();
        var (body, omitted) = AnswerCodec.Restore(stored, context.Response);
        Assert.Equal(201, context.Response.StatusCode);
        Assert.Equal("application/json", context.Response.ContentType);
        Assert.Equal("/orders/7", context.Response.Headers.Location);
        Assert.Equal("7,é", context.Response.Headers["X-Total"].ToString());
        Assert.Equal("{\"id\":7}"u8, body.Span);
        Assert.False(omitted);

        var headers = new HeaderDictionary { ["X-Total"] = new(["7", "é"]), ["Location"] = "/orders/7", ["Content-Type"] = "application/json", ["Set-Cookie"] = "a=b" };
        Assert.Equal(stored, AnswerCodec.Encode(201, headers, [Name("Content-Type"), Name("Location"), Name("X-Total")], "{\"id\":7}"u8, omitted: false));
    }

    [Fact]
    public void The_places_of_known_headers_never_change() => Assert.Equal(
        ["Content-Type", "Location", "ETag", "Last-Modified", "Link", "Content-Language", "Content-Encoding", "Content-Disposition", "Content-Location", "Cache-Control", "Retry-After", "Vary", "Preference-Applied"],
        KnownHeaders.Default);

    [Fact]
    public void A_body_that_was_omitted_is_said_to_be()
    {
        var stored = AnswerCodec.Encode(200, new HeaderDictionary { ["ETag"] = "\"1\"" }, [Name("ETag")], "too large"u8, omitted: true);
        var context = new DefaultHttpContext();
        var (body, omitted) = AnswerCodec.Restore(stored, context.Response);
        Assert.True(omitted);
        Assert.True(body.IsEmpty);
        Assert.Equal("\"1\"", context.Response.Headers.ETag);
    }

    [Fact]
    public void Later_versions_and_damaged_answers_are_refused()
    {
        var good = AnswerCodec.Encode(200, new HeaderDictionary { ["ETag"] = "\"1\"", ["X-A"] = "b" }, [Name("ETag"), Name("X-A")], default, omitted: false);
        for (var length = 0; length < good.Length; length++)
        {
            Assert.Throws<InvalidDataException>(() => AnswerCodec.Restore(good.AsMemory(0, length), new DefaultHttpContext().Response));
        }

        foreach (var (at, value) in new[] { (0, 2), (1, 2), (1, 255), (5, 200) })
        {
            var changed = good.ToArray();
            changed[at] = (byte)value;
            Assert.Throws<InvalidDataException>(() => AnswerCodec.Restore(changed, new DefaultHttpContext().Response));
        }
    }

    private static HeaderName Name(string text) => new(text, KnownHeaders.IdOf(text));

    private static string Hex(string text) => Convert.ToHexString(System.Text.Encoding.ASCII.GetBytes(text));
}
