using System.Collections.Concurrent;
using System.Diagnostics;
using Consistency.Kit.Diagnostics;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Consuming;

public sealed class TraceTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_chain_of_messages_is_one_trace(bool somebodyListens)
    {
        using var listener = Listen(somebodyListens);
        var traces = new Traces();
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        await using var shop = await StartAsync(database, traces);
        string expected;
        using (var request = new Activity("request").SetIdFormat(ActivityIdFormat.W3C).Start())
        {
            expected = request.TraceId.ToHexString();
            await shop.PublishAsync("a", 1);
        }

        await Eventually.UntilAsync(() => traces.Seen.Count == 2, HandlingShop.Patience, "both handlers have run");
        Assert.All(traces.Seen, trace => Assert.Equal(expected, trace));
        await shop.DrainedAsync();
        var chains = await shop.UseAsync(db => db.Database.SqlQueryRaw<string>("SELECT chain AS \"Value\" FROM consistency_inbox").ToListAsync());
        Assert.Equal([expected, expected], chains);
    }

    [Fact]
    public async Task Two_publications_without_a_trace_begin_two_chains()
    {
        Activity.Current = null;
        var traces = new Traces();
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        await using var shop = await StartAsync(database, traces);
        await shop.PublishAsync("a", 1, 2);
        await Eventually.UntilAsync(() => traces.Seen.Count == 4, HandlingShop.Patience, "all handlers have run");
        Assert.Equal([2, 2], traces.Seen.GroupBy(trace => trace).Select(chain => chain.Count()));
    }

    [Theory]
    [InlineData(false, "nonsense")]
    [InlineData(true, "00-00000000000000000000000000000000-0000000000000000-01")]
    [InlineData(true, "00-zzf7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")]
    public async Task A_header_that_lies_about_the_trace_is_ignored_and_a_new_chain_begins(bool somebodyListens, string traceParent)
    {
        using var listener = Listen(somebodyListens);
        var traces = new Traces();
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        await using var shop = await StartAsync(database, traces);
        var message = HandlingShop.Message("a", 1);
        var lying = new TransportMessage { Id = message.Id, Type = message.Type, Topic = message.Topic, Key = "a", Payload = message.Payload, TraceParent = traceParent };
        using (var receiving = new Activity("receiving").SetIdFormat(ActivityIdFormat.W3C).Start())
        {
            await shop.Services.GetRequiredService<InboxConsumer>().DeliverAsync([lying], default);
            Assert.DoesNotContain(receiving.TraceId.ToHexString(), traces.Seen);
        }

        await Eventually.UntilAsync(() => traces.Seen.Count == 2, HandlingShop.Patience, "both handlers have run");
        Assert.Single(traces.Seen.Distinct());
    }

    [Fact]
    public async Task The_engines_are_no_part_of_the_trace_under_which_the_host_was_started()
    {
        var sends = new ConcurrentQueue<ActivityTraceId>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KitDiagnostics.Name,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = activity =>
            {
                if (activity.Kind == ActivityKind.Producer)
                {
                    sends.Enqueue(activity.TraceId);
                }
            },
        };
        ActivitySource.AddActivityListener(listener);
        await using var database = await Database.CreateAsync(Engine.Sqlite);
        using var starter = new Activity("starter").SetIdFormat(ActivityIdFormat.W3C).Start();
        await using var shop = await StartAsync(database, new Traces());
        await shop.PublishAsync("a", 1);
        await Eventually.UntilAsync(() => !sends.IsEmpty, HandlingShop.Patience, "a send was traced");
        Assert.DoesNotContain(starter.TraceId, sends);
    }

    private static Task<Shop> StartAsync(Database database, Traces traces) => Shop.StartAsync(
        database,
        kit => kit.AddHandler<OrderPlaced, WriteInvoice>().AddHandler<InvoiceWritten, NoteTrace>(),
        services => services.AddSingleton(traces));

    private static ActivityListener? Listen(bool really)
    {
        if (!really)
        {
            return null;
        }

        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == KitDiagnostics.Name,
            Sample = static (ref _) => ActivitySamplingResult.AllDataAndRecorded,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    private sealed class Traces
    {
        internal ConcurrentQueue<string> Seen { get; } = new();

        internal void Note() => Seen.Enqueue(Activity.Current?.TraceId.ToHexString() ?? "none");
    }

    private sealed class WriteInvoice(ShopDb db, Traces traces) : IMessageHandler<OrderPlaced>
    {
        public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken)
        {
            traces.Note();
            db.Outbox.Publish(new InvoiceWritten(1, 1), context.Key);
            return Task.CompletedTask;
        }
    }

    private sealed class NoteTrace(Traces traces) : IMessageHandler<InvoiceWritten>
    {
        public Task HandleAsync(InvoiceWritten message, MessageContext context, CancellationToken cancellationToken)
        {
            traces.Note();
            return Task.CompletedTask;
        }
    }
}
