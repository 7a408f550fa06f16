using System.Text;
using Consistency.Kit.Architecture.Tests.Support;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.SqlServer;

/// <summary>The portable path on SQL Server, read instead of run: the text that EF generates is looked at and approved.</summary>
public sealed class GeneratedSqlTests
{
    private static readonly TransportMessage Message = new()
    {
        Id = Guid.CreateVersion7(),
        Type = "order-placed.v1",
        Topic = "orders",
        Key = "k",
        Payload = "{}"u8.ToArray(),
        Headers = TransportMessage.NoHeaders,
        PublishedAt = DateTimeOffset.UnixEpoch,
    };

    private readonly StringBuilder _text = new();
    private readonly NoServer _server = new();

    [Fact]
    public async Task The_SQL_for_SQL_Server_is_the_approved_one()
    {
        var services = new ServiceCollection();
        services.AddDbContext<SqlServerDb>(options => options.UseSqlServer("Server=nowhere;Encrypt=false").AddInterceptors(_server));
        services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<SqlServerDb>().UseJson(ShopJson.Default).AddMessage<OrderPlaced>("order-placed.v1", "orders"));
        await using var provider = services.BuildServiceProvider();
        var store = provider.GetRequiredService<MessagingStore>();
        await using (var scope = provider.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<SqlServerDb>();
            _text.AppendLine("-- Tables").AppendLine(db.Database.GenerateCreateScript());
            await WriteAsync("Publish one message", () => PublishAsync(db, 1));
            await WriteAsync("Publish five messages", () => PublishAsync(db, 5));
            await WriteAsync("Publish with a business row: one transaction", () =>
            {
                db.Add(new Thing());
                return PublishAsync(db, 1);
            });
        }

        await RelayAsync(store);
        await ConsumeAsync(store);
        await WriteAsync("Park: list", async () => await store.Parked.ListAsync(10, default));
        await WriteAsync("Park: requeue unsent", async () => await store.Parked.RequeueAsync(new ParkedId(ParkedSide.Outbox, 1, 2), default));
        await WriteAsync("Park: requeue unhandled", async () => await store.Parked.RequeueAsync(new ParkedId(ParkedSide.Inbox, 0, 2), default));
        await WriteAsync("Park: discard unsent", async () => await store.Parked.DiscardAsync(new ParkedId(ParkedSide.Outbox, 1, 2), default));
        await WriteAsync("Park: discard unhandled", async () => await store.Parked.DiscardAsync(new ParkedId(ParkedSide.Inbox, 0, 2), default));
        await WorkAsync(provider.GetRequiredService<WorkStore>());
        Approval.Verify("tests/Consistency.Kit.EntityFrameworkCore.Tests/SqlServer/Portable.approved.sql", _text.ToString());
    }

    private async Task RelayAsync(MessagingStore store)
    {
        var key = new HeldKey(1, "orders", "k");
        var hold = new OutboxHold { Key = key, Position = 2, HoldsKey = true, Attempts = 1, DueIn = TimeSpan.FromSeconds(1), Error = "no" };
        await WriteAsync("Start-up check", async () => await store.Schema.CheckAsync(default));
        await WriteAsync("Relay: renew leases", async () => await store.Leases.RenewAsync(new LeaseRenewal("me", TimeSpan.FromSeconds(15), [], []), default));
        await WriteAsync("Relay: release leases", async () => await store.Leases.ReleaseAsync("me", [], default));
        await WriteAsync("Relay: read", async () => await store.Outbox.ReadAsync(Read([]), default));
        await WriteAsync("Relay: read around what is being sent", async () => await store.Outbox.ReadAsync(Read([5, 6]), default));
        await WriteAsync("Relay: read a held key", async () => await store.Outbox.ReadKeyAsync(key, 1, 9, 10, default));
        await WriteAsync("Relay: sweep", async () => await store.Outbox.SweepAsync([new ShardMark(1, 1, 9)], 10, default));
        await WriteAsync("Relay: delete", async () => await store.Outbox.DeleteAsync([new OutboxPosition(1, 2), new OutboxPosition(1, 3)], default));
        await WriteAsync("Relay: list holds", async () => await store.Holds.ListAsync([1, 2], default));
        await WriteAsync("Relay: hold", async () => await store.Holds.HoldAsync("me", 1, hold, default));
        await WriteAsync("Relay: release a hold", async () => await store.Holds.ReleaseAsync("me", 1, new OutboxPosition(1, 2), default));
    }

    private async Task ConsumeAsync(MessagingStore store)
    {
        var held = new HeldMessage { Consumer = "c", Message = Message, HoldsKey = true, Attempts = 1, DueIn = TimeSpan.FromSeconds(1), Error = "no" };
        await WriteAsync("Inbox: handle", async () => await store.Inbox.HandleAsync("c", [Message], (_, _, _) => Task.CompletedTask, default));
        await WriteAsync("Inbox: handle a held message", async () => await store.Inbox.HandleHeldAsync(held, (_, _) => Task.CompletedTask, default));
        await WriteAsync("Inbox: collect", async () => await store.Inbox.CollectAsync(TimeSpan.FromDays(1), 100, default));
        await WriteAsync("Inbox: hold", async () => await store.InboxHolds.HoldAsync([held], default));
        await WriteAsync("Inbox: list due", async () => await store.InboxHolds.ListDueAsync(["c", "d"], TimeSpan.Zero, 10, default));
        await WriteAsync("Inbox: claim a held message", async () => await store.InboxHolds.TryClaimAsync(held, TimeSpan.FromMinutes(1), default));
        await WriteAsync("Inbox: update a held message", async () => await store.InboxHolds.UpdateAsync(held, default));
    }

    private async Task WorkAsync(WorkStore store)
    {
        var lease = new WorkLease(Guid.Empty, 1);
        var work = new NewWork { Scope = "job/a", Type = "job/a", Key = "k", Input = "{}"u8.ToArray() };
        var request = new WorkClaimRequest { Owner = "me", Lease = TimeSpan.FromSeconds(30), Types = ["job/a"], LimitedTypes = ["job/b"], Limit = 10 };
        var limit = new WorkLimit { Scope = "job/b", Types = ["job/b"], Max = 2, MaxPerGroup = 1 };
        var intervention = new WorkIntervention { From = [WorkStatus.Parked], Event = new WorkEvent { Name = "skip" }, Next = new WorkNext.Ended(WorkStatus.Skipped) };
        var progress = new WorkProgress { State = "{}"u8.ToArray(), Attempts = 1, Error = "no", Next = new WorkNext.Later(TimeSpan.FromSeconds(1)) { UnlessSignalled = "s" } };
        await WriteAsync("Work: add", async () => await store.Intake.AddAsync(work, default));
        await WriteAsync("Work: claim", async () => await store.Claims.ClaimAsync(request, default));
        await WriteAsync("Work: claim under a limit", async () => await store.Claims.ClaimLimitedAsync("me", TimeSpan.FromSeconds(30), limit, 10, default));
        await WriteAsync("Work: renew", async () => await store.Claims.RenewAsync([lease], TimeSpan.FromSeconds(30), default));
        await WriteAsync("Work: release", async () => await store.Claims.ReleaseAsync([new WorkRelease(lease, TimeSpan.Zero)], default));
        await WriteAsync("Work: write progress", async () => await store.Progress.WriteAsync(lease, progress, default));
        await WriteAsync("Work: end", async () => await store.Progress.WriteAsync(lease, new WorkProgress { Next = WorkNext.Done }, default));
        await WriteAsync("Work: announce", async () => await store.Registry.AnnounceAsync(["job/a"], default));
        await WriteAsync("Work: look for unknown types", async () => await store.Registry.ParkUnknownAsync(TimeSpan.FromMinutes(10), 10, default));
        await WriteAsync("Work: take a turn", async () => await store.Registry.TryTakeTurnAsync("(collect)", "me", TimeSpan.FromMinutes(1), default));
        await WriteAsync("Work: intervene", async () => await store.Interventions.InterveneAsync(Guid.Empty, intervention, default));
        await WriteAsync("Work: signal", async () => await store.Signals.SignalAsync(Guid.Empty, new WorkSignal("s", default), default));
        await WriteAsync("Work: list parked", async () => await store.Reader.ListParkedAsync(null, 10, default));
        await WriteAsync("Work: find by key", async () => await store.Reader.FindByKeyAsync("job/a", "k", default));
        await WriteAsync("Work: list ended", async () => await store.Expiry.ListEndedAsync(TimeSpan.FromDays(30), 10, default));
        await WriteAsync("Work: remove", async () => await store.Expiry.RemoveAsync([Guid.Empty], default));
    }

    private async Task WriteAsync(string title, Func<Task> work)
    {
        _server.Take();
        await work();
        _text.AppendLine().AppendLine("-- " + title);
        foreach (var statement in _server.Take())
        {
            _text.AppendLine(statement).AppendLine();
        }
    }

    private static async Task PublishAsync(SqlServerDb db, int count)
    {
        for (var number = 0; number < count; number++)
        {
            db.Outbox.Publish(new OrderPlaced(Guid.Empty, number), "k");
        }

        await db.SaveChangesAsync();
    }

    private static OutboxRead Read(long[] inFlight) => new(
        [new ShardRange(1, 5), new ShardRange(2, 5)], Limit: 10, MaxBytes: 1_000, InFlight: inFlight, ListWriters: false);

    public sealed class SqlServerDb(DbContextOptions<SqlServerDb> options) : DbContext(options)
    {
        protected override void OnModelCreating(ModelBuilder modelBuilder) => modelBuilder.Entity<Thing>().ToTable("thing").Property(thing => thing.Id).ValueGeneratedNever();
    }

    public sealed class Thing
    {
        public Guid Id { get; set; } = Guid.CreateVersion7();
    }
}
