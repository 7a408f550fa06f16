using System.Text;
using System.Text.Json.Serialization;
using Consistency.Kit.Remote;
using Consistency.Kit.Tests.Support;

namespace Consistency.Kit.Tests.Remote;

/// <summary>Whatever comes back is done, refused, running or unknown, and never more than was asked for.</summary>
public sealed partial class HttpParticipantTests
{
    private static readonly RemoteCall Try = new("order-1", "01", RemoteOperation.Try);

    public static TheoryData<string> Transcripts => Transcript.Names;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [MemberData(nameof(Transcripts))]
    public async Task The_wire_is_dtms(string name)
    {
        var transcript = Transcript.Read(name);
        Assert.True(RemoteCall.TryRead(Query(transcript.Path, "trans_type")!, key => Query(transcript.Path, key), out var call, out _));
        var participant = FakeParticipant.Answering(transcript.Status, transcript.AnswerType, transcript.Answer);
        using var http = new HttpClient(participant);
        var target = new HttpParticipant(http, new Uri("http://stock.test" + transcript.Path.Split('?')[0]));
        var answer = await target.CallAsync(call, Encoding.UTF8.GetBytes(transcript.Request), Token);
        var request = Assert.Single(participant.Requests);
        Assert.Equal(("POST", transcript.Path, transcript.RequestType, transcript.Request), (request.Method, request.PathAndQuery, request.Type, request.Body));
        Assert.Equal(transcript.Meaning, Describe(answer));
    }

    [Theory]
    [InlineData(204, null, "", "unknown It answered 204.")]
    [InlineData(201, "application/json", "{}", "unknown It answered 201.")]
    [InlineData(302, null, "", "unknown It answered 302.")]
    [InlineData(404, "application/json", "{\"message\":\"who\"}", "unknown It answered 404.")]
    [InlineData(503, "text/plain", "FAILURE of the upstream", "unknown It answered 503.")]
    [InlineData(500, "application/json", "{\"dtm_result\":\"FAILURE\"}", "refused The participant said no.")]
    [InlineData(500, "application/json", "{\"dtm_result\":\"ONGOING\"}", "running")]
    [InlineData(500, "application/json", "{\"dtm_result\":\"SUCCESS\"}", "unknown It answered 500.")]
    [InlineData(200, "text/html", "<html>FAILURE</html>", "unknown It answered 200 with text/html: not the answer of a participant.")]
    [InlineData(409, "text/html", "<html/>", "unknown It answered 409 with text/html: not the answer of a participant.")]
    [InlineData(200, null, "  <!doctype html>", "unknown It answered 200 with HTML: not the answer of a participant.")]
    [InlineData(200, null, "", "done")]
    [InlineData(409, null, "", "refused The participant said no.")]
    [InlineData(409, "application/json", "{\"dtm_result\":\"SUCCESS\"}", "refused The participant said no.")]
    [InlineData(409, "application/json", "{\"dtm_result\":\"FAILURE\",\"outcome\":\"superseded\"}", "superseded The branch was cancelled before.")]
    [InlineData(412, "application/json", "{\"outcome\":\"out-of-order\"}", "unknown It answered 412, out of order.")]
    [InlineData(425, "application/json", "{\"dtm_result\":\"FAILURE\"}", "refused The participant said no.")]
    [InlineData(200, "application/json", "{\"dtm_result\":\"SUCCESS\",\"result\":{\"title\":\"FAILURE\"}}", "done {\"title\":\"FAILURE\"}")]
    [InlineData(200, "application/json", "{\"dtm_result\":\"SUCCESS\"}", "done")]
    [InlineData(200, "application/json", "{\"reason\":\"\\ud800\"}", "done {\"reason\":\"\\ud800\"}")]
    [InlineData(200, "application/json", "not json", "done not json")]
    public async Task Only_what_a_participant_says_counts(int status, string? type, string body, string meaning)
    {
        using var http = new HttpClient(FakeParticipant.Answering(status, type, body));
        Assert.Equal(meaning, Describe(await new HttpParticipant(http, FakeParticipant.Address).CallAsync(Try, "{}"u8.ToArray(), Token)));
    }

    [Fact]
    public async Task A_conflict_that_is_to_be_waited_for_is_no_refusal()
    {
        using var http = new HttpClient(FakeParticipant.Answering(409, "application/problem+json", "{\"title\":\"running\"}", response => response.Headers.Add("Retry-After", "3")));
        var answer = await new HttpParticipant(http, FakeParticipant.Address).CallAsync(Try, "{}"u8.ToArray(), Token);
        Assert.Equal(TimeSpan.FromSeconds(3), Assert.IsType<RemoteAnswer.Running>(answer).RetryAfter);
    }

    [Fact]
    public async Task A_redirect_that_was_followed_is_seen()
    {
        using var http = new HttpClient(FakeParticipant.Answering(200, "application/json", "{\"dtm_result\":\"SUCCESS\"}", response => response.RequestMessage!.RequestUri = new Uri("http://stock.test/login")));
        Assert.IsType<RemoteAnswer.Unknown>(await new HttpParticipant(http, FakeParticipant.Address).CallAsync(Try, "{}"u8.ToArray(), Token));
    }

    [Fact]
    public async Task An_answer_that_does_not_end_is_left()
    {
        using var endless = new EndlessStream(pause: null);
        using var http = new HttpClient(new FakeParticipant((request, _) => Task.FromResult(FakeParticipant.Response(request, 200, new StreamContent(endless), "application/json"))));
        var answer = await new HttpParticipant(http, FakeParticipant.Address, new() { MaxAnswerBytes = 1_000 }).CallAsync(Try, "{}"u8.ToArray(), Token);
        Assert.Equal("unknown The answer has more than 1000 bytes.", Describe(answer));
        Assert.InRange(endless.Given, 1, 10_000);
    }

    [Fact]
    public async Task An_answer_that_drips_is_left_when_the_time_is_over()
    {
        var time = new FakeTime();
        var reached = new TaskCompletionSource();
        using var dripping = new EndlessStream(pause: reached);
        using var http = new HttpClient(new FakeParticipant((request, _) => Task.FromResult(FakeParticipant.Response(request, 200, new StreamContent(dripping), "application/json"))));
        var calling = new HttpParticipant(http, FakeParticipant.Address, new() { Timeout = TimeSpan.FromSeconds(5) }, time: time).CallAsync(Try, "{}"u8.ToArray(), Token);
        await reached.Task.WaitAsync(TimeSpan.FromSeconds(30), Token);
        time.Advance(TimeSpan.FromSeconds(6));
        Assert.StartsWith("unknown No whole answer came", Describe(await calling), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_that_gives_up_is_told_so()
    {
        using var http = new HttpClient(new FakeParticipant(async (_, token) =>
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            throw new System.Diagnostics.UnreachableException();
        }));
        using var cancelled = new CancellationTokenSource();
        var calling = new HttpParticipant(http, FakeParticipant.Address).CallAsync(Try, "{}"u8.ToArray(), cancelled.Token);
        await cancelled.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => calling);
    }

    [Fact]
    public async Task A_participant_that_is_away_leaves_the_outcome_unknown()
    {
        using var http = new HttpClient(new FakeParticipant((_, _) => throw new HttpRequestException("Refused.")));
        Assert.Equal("unknown The call failed on the way: Refused.", Describe(await new HttpParticipant(http, FakeParticipant.Address).CallAsync(Try, "{}"u8.ToArray(), Token)));
    }

    [Fact]
    public async Task Repeats_have_one_key_and_each_operation_its_own()
    {
        var participant = FakeParticipant.Answering(200, null, "");
        using var http = new HttpClient(participant);
        var target = new HttpParticipant(http, FakeParticipant.Address);
        var longest = new string('x', 128);
        RemoteCall[] calls = [Try, Try, new("order-1", "01", RemoteOperation.Cancel), new(longest, longest, RemoteOperation.Compensate), new("a\"b", "01", RemoteOperation.Try)];
        foreach (var call in calls)
        {
            await target.CallAsync(call, "{}"u8.ToArray(), Token);
        }

        var keys = participant.Requests.Select(request => request.Key).ToList();
        Assert.Equal(["\"tcc/order-1/01/try\"", "\"tcc/order-1/01/try\"", "\"tcc/order-1/01/cancel\""], keys[..3]);
        Assert.All(keys[3..], key => Assert.Matches("^\"[0-9a-f]{64}\"$", key));
    }

    [Fact]
    public async Task Ids_and_the_addresss_own_query_arrive_as_they_are()
    {
        var participant = FakeParticipant.Answering(200, null, "");
        using var http = new HttpClient(participant) { BaseAddress = new Uri("http://stock.test/v2/") };
        await new HttpParticipant(http, new Uri("stock?shop=1", UriKind.Relative)).CallAsync(new("a&b=c#d", "1+%", RemoteOperation.Action), "{}"u8.ToArray(), Token);
        Assert.Equal("/v2/stock?shop=1&gid=a%26b%3Dc%23d&trans_type=saga&branch_id=1%2B%25&op=action", Assert.Single(participant.Requests).PathAndQuery);
    }

    [Fact]
    public async Task A_reply_is_read_by_its_type_and_one_of_another_is_unknown()
    {
        using var good = new HttpClient(FakeParticipant.Answering(200, "application/json", "{\"dtm_result\":\"SUCCESS\",\"result\":{\"Left\":3}}"));
        var done = await new HttpParticipant(good, FakeParticipant.Address).CallAsync(Try, new Left(1), ReplyJson.Default.Left, ReplyJson.Default.Left, Token);
        Assert.Equal(3, Assert.IsType<RemoteAnswer<Left>.Done>(done).Reply.Count);
        using var bad = new HttpClient(FakeParticipant.Answering(200, "text/plain", "SUCCESS"));
        Assert.IsType<RemoteAnswer<Left>.Unknown>(await new HttpParticipant(bad, FakeParticipant.Address).CallAsync(Try, new Left(1), ReplyJson.Default.Left, ReplyJson.Default.Left, Token));
    }

    [Fact]
    public void Addresses_and_options_that_cannot_work_are_refused_at_once()
    {
        using var http = new HttpClient();
        Assert.Throws<ArgumentException>(() => new HttpParticipant(http, new Uri("/stock", UriKind.Relative)));
        Assert.Throws<ArgumentException>(() => new HttpParticipant(http, new Uri("ftp://stock.test/")));
        Assert.Throws<ArgumentException>(() => new HttpParticipant(http, new Uri("http://stock.test/#a")));
        Assert.Throws<ArgumentException>(() => new HttpParticipant(http, FakeParticipant.Address, new() { Timeout = TimeSpan.Zero }));
        Assert.Throws<ArgumentException>(() => new HttpParticipant(http, FakeParticipant.Address, new() { MaxAnswerBytes = 0 }));
        Assert.Throws<ArgumentException>(() => new RemoteCall(new string('x', 1_024), "01", RemoteOperation.Try));
        Assert.Throws<ArgumentException>(() => new RemoteCall("a b", "01", RemoteOperation.Try));
        Assert.Throws<ArgumentOutOfRangeException>(() => new RemoteCall("a", "01", (RemoteOperation)7));
    }

    private static string? Query(string path, string key) =>
        path.Split('?')[1].Split('&').Select(pair => pair.Split('=')).Where(pair => pair[0] == key).Select(pair => pair[1]).SingleOrDefault();

    private static string Describe(RemoteAnswer answer) => answer switch
    {
        RemoteAnswer.Done done => $"done {Encoding.UTF8.GetString(done.Reply.Span)}".TrimEnd(),
        RemoteAnswer.Refused { IsSuperseded: true } refused => $"superseded {refused.Refusal.Reason}",
        RemoteAnswer.Refused refused => $"refused {refused.Refusal.Reason}",
        RemoteAnswer.Running => "running",
        RemoteAnswer.Unknown unknown => $"unknown {unknown.Reason}",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    internal sealed record Left([property: JsonPropertyName("Left")] int Count);

    [JsonSerializable(typeof(Left))]
    internal sealed partial class ReplyJson : JsonSerializerContext;

    /// <summary>Ends never: at once again, or not before the reader gives up.</summary>
    private sealed class EndlessStream(TaskCompletionSource? pause) : Stream
    {
        internal long Given { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Given += buffer.Length;
            if (pause is not null && Given > buffer.Length)
            {
                pause.TrySetResult();
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            }

            buffer.Span.Fill((byte)' ');
            return pause is null ? buffer.Length : 1;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
