using System.Globalization;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Conformance.Messaging;

/// <summary>The contract of <see cref="ITransport"/>.</summary>
public abstract class TransportConformance
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Makes a transport with nothing under way. The suite disposes it.</summary>
    protected abstract ValueTask<TransportFixture> CreateAsync();

    [Fact]
    public Task Each_outcome_is_reported_once_before_the_call_returns() => WithTransportAsync(async fixture =>
    {
        TransportMessage[] batch = [.. Enumerable.Range(0, 20).Select(number => Message(fixture, $"key-{number % 5}", number))];
        var outcomes = await SendAsync(fixture, batch);
        Assert.All(outcomes, outcome => Assert.Equal(DeliveryStatus.Acknowledged, outcome.Status));
    });

    [Fact]
    public Task What_was_acknowledged_arrives_in_order_per_key() => WithTransportAsync(async fixture =>
    {
        for (var round = 0; round < 5; round++)
        {
            var first = round * 20;
            await SendAsync(fixture, [.. Enumerable.Range(first, 20).Select(number => Message(fixture, $"key-{number % 3}", number))]);
        }

        var received = await ReceivedAsync(fixture, 100);
        foreach (var key in received.GroupBy(message => message.Key))
        {
            var numbers = key.Select(NumberOf).Distinct().ToList();
            Assert.Equal(numbers.Order(), numbers);
        }

        Assert.Equal(Enumerable.Range(0, 100), received.Select(NumberOf).Distinct().Order());
    });

    [Fact]
    public Task A_message_arrives_with_everything_it_carries() => WithTransportAsync(async fixture =>
    {
        var sent = new TransportMessage
        {
            Id = Guid.NewGuid(),
            Type = fixture.Type,
            Topic = fixture.Topic,
            Key = "ключ 鍵 🔑",
            Payload = "42"u8.ToArray(),
            Headers = new Dictionary<string, string> { ["header"] = "значение" },
            TraceParent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            TraceState = "vendor=1",
            PublishedAt = DateTimeOffset.UnixEpoch.AddYears(50),
        };
        await SendAsync(fixture, sent);
        var received = (await ReceivedAsync(fixture, 1))[0];
        Assert.Equal((sent.Id, sent.Type, sent.Topic, sent.Key), (received.Id, received.Type, received.Topic, received.Key));
        Assert.Equal(sent.Payload.ToArray(), received.Payload.ToArray());
        Assert.Equal("значение", received.Headers["header"]);
        Assert.Equal((sent.TraceParent, sent.TraceState, sent.PublishedAt), (received.TraceParent, received.TraceState, received.PublishedAt));
    });

    [Fact]
    public Task Several_sends_may_run_at_once() => WithTransportAsync(async fixture =>
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(sender => SendAsync(
            fixture, [.. Enumerable.Range(sender * 10, 10).Select(number => Message(fixture, $"key-{sender}", number))])));
        Assert.Equal(Enumerable.Range(0, 80), (await ReceivedAsync(fixture, 80)).Select(NumberOf).Distinct().Order());
    });

    [Fact]
    public Task A_cancelled_send_reports_every_outcome_and_does_not_throw() => WithTransportAsync(async fixture =>
    {
        using var lost = new CancellationTokenSource();
        await lost.CancelAsync();
        TransportMessage[] batch = [.. Enumerable.Range(0, 10).Select(number => Message(fixture, "a", number))];
        var outcomes = await SendAsync(fixture, batch, lost.Token);
        Assert.All(outcomes, outcome => Assert.NotEqual(DeliveryStatus.Rejected, outcome.Status));
        AssertNothingOvertakes(batch, outcomes);
    });

    [Fact]
    public Task A_message_too_large_for_the_other_end_is_rejected_and_none_of_its_key_overtakes_it() => WithTransportAsync(async fixture =>
    {
        Assert.SkipUnless(fixture.MaxBytes is not null, "Not promised here: this transport has no limit of its own.");
        TransportMessage[] batch =
        [
            Message(fixture, "a", 1), Message(fixture, "b", 2), Large(fixture, "a"), Message(fixture, "a", 3), Message(fixture, "b", 4),
        ];
        var outcomes = await SendAsync(fixture, batch);
        Assert.Equal(DeliveryStatus.Rejected, outcomes[2].Status);
        Assert.NotNull(outcomes[2].Error);
        Assert.Equal(DeliveryStatus.Unknown, outcomes[3].Status);
        Assert.All([outcomes[0], outcomes[1], outcomes[4]], outcome => Assert.Equal(DeliveryStatus.Acknowledged, outcome.Status));
        Assert.DoesNotContain(3, (await ReceivedAsync(fixture, 3)).Select(NumberOf));
    });

    [Fact]
    public Task When_the_other_end_is_away_outcomes_are_unknown_and_everything_arrives_after_it_is_back() => WithTransportAsync(async fixture =>
    {
        Assert.SkipUnless(fixture.CanBreak, "Not promised here: the other end of this transport cannot be taken away.");
        TransportMessage[] batch = [.. Enumerable.Range(0, 10).Select(number => Message(fixture, $"key-{number % 2}", number))];
        await fixture.BreakAsync(Token);
        using (var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5), TimeProvider.System))
        {
            var away = await SendAsync(fixture, batch, patience.Token);
            Assert.All(away, outcome => Assert.Equal(DeliveryStatus.Unknown, outcome.Status));
        }

        await fixture.RestoreAsync(Token);
        var started = TimeProvider.System.GetTimestamp();
        while ((await SendAsync(fixture, batch)).Any(outcome => outcome.Status != DeliveryStatus.Acknowledged))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, "The transport did not recover.");
        }

        Assert.Equal(Enumerable.Range(0, 10), (await ReceivedAsync(fixture, 10)).Select(NumberOf).Distinct().Order());
    });

    private async Task WithTransportAsync(Func<TransportFixture, Task> fact)
    {
        await using var fixture = await CreateAsync();
        await fact(fixture);
    }

    private static async Task<Delivery[]> SendAsync(TransportFixture fixture, params TransportMessage[] batch) => await SendAsync(fixture, batch, Token);

    private static async Task<Delivery[]> SendAsync(TransportFixture fixture, TransportMessage[] batch, CancellationToken cancellationToken)
    {
        var outcomes = new Delivery[batch.Length];
        var reports = new int[batch.Length];
        await fixture.Transport.SendAsync(
            batch,
            (index, delivery) =>
            {
                outcomes[index] = delivery;
                Interlocked.Increment(ref reports[index]);
            },
            cancellationToken);
        Assert.All(reports, count => Assert.Equal(1, count));
        return outcomes;
    }

    private static async Task<IReadOnlyList<TransportMessage>> ReceivedAsync(TransportFixture fixture, int different)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var received = await fixture.ReceivedAsync(Token);
            if (received.Select(message => message.Id).Distinct().Count() >= different)
            {
                return received;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"{received.Count} messages arrived where {different} were sent.");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Token);
        }
    }

    private static void AssertNothingOvertakes(TransportMessage[] batch, Delivery[] outcomes)
    {
        var open = new HashSet<string>();
        for (var i = 0; i < batch.Length; i++)
        {
            Assert.False(outcomes[i].Status == DeliveryStatus.Acknowledged && open.Contains(batch[i].Key), $"Message {i} was acknowledged before an earlier one of its key.");
            if (outcomes[i].Status != DeliveryStatus.Acknowledged)
            {
                open.Add(batch[i].Key);
            }
        }
    }

    private static TransportMessage Message(TransportFixture fixture, string key, int number) => new()
    {
        Id = Guid.NewGuid(),
        Type = fixture.Type,
        Topic = fixture.Topic,
        Key = key,
        Payload = System.Text.Encoding.UTF8.GetBytes(number.ToString(CultureInfo.InvariantCulture)),
        PublishedAt = DateTimeOffset.UnixEpoch.AddYears(50),
    };

    private static TransportMessage Large(TransportFixture fixture, string key)
    {
        // Still a JSON number, with room around it.
        var body = new byte[fixture.MaxBytes!.Value + 1];
        Array.Fill(body, (byte)' ');
        body[0] = (byte)'9';
        return new TransportMessage { Id = Guid.NewGuid(), Type = fixture.Type, Topic = fixture.Topic, Key = key, Payload = body };
    }

    private static int NumberOf(TransportMessage message) =>
        int.Parse(System.Text.Encoding.UTF8.GetString(message.Payload.Span), NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture);
}
