namespace Consistency.Kit.CrashShop.Tests;

public sealed class CrashPointListTests
{
    [Fact]
    public void Every_crash_point_in_the_sources_is_crashed_at() =>
        Assert.Equal(CrashPointList.InSources(), CrashPointList.All.Order(StringComparer.Ordinal));

    [Fact]
    public void Every_write_has_a_point_before_and_a_point_after_it()
    {
        var names = CrashPointList.All.ToHashSet();
        (string Before, string After)[] pairs =
        [
            ("outbox.saving", "outbox.saved"), ("relay.renewing", "relay.renewed"), ("relay.sending", "relay.sent"), ("relay.deleting", "relay.deleted"),
            ("relay.holding", "relay.held"), ("inbox.claiming", "inbox.claimed"), ("inbox.committing", "inbox.committed"), ("inbox.holding", "inbox.held"),
            ("kafka.delivering", "kafka.delivered"), ("kafka.committing", "kafka.committed"),
            ("idempotency.committing", "idempotency.committed"), ("idempotency.answering", "idempotency.answered"),
            ("work.adding", "work.added"), ("work.claiming", "work.claimed"), ("work.renewing", "work.renewed"), ("work.writing", "work.written"),
            ("work.committing", "work.committed"), ("work.releasing", "work.released"), ("work.signalling", "work.signalled"), ("work.collecting", "work.collected"),
            ("barrier.committing", "barrier.committed"),
            ("saga.appending", "saga.appended"), ("saga.calling", "saga.committed"),
            ("stock.committing", "stock.committed"), ("stock.gate", "stock.taken"), ("stock.sweeping", "stock.swept"),
            ("tcc.beginning", "tcc.begun"), ("tcc.registering", "tcc.registered"), ("tcc.deciding", "tcc.decided"), ("tcc.ending", "tcc.ended"),
            ("callback.storing", "callback.stored"), ("payment.committing", "payment.committed"), ("payment.closing", "payment.closed"), ("payment.refunding", "payment.refunded"),
        ];
        Assert.All(pairs, pair => Assert.True(names.Contains(pair.Before) && names.Contains(pair.After), $"{pair}"));
    }
}
