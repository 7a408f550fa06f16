using System.Collections.Concurrent;
using System.Text.Json.Serialization;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Scheduling;
using Consistency.Kit.TestServers;
using Consistency.Kit.Work;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Scheduling;

/// <summary>A shop with one type of job, whose handler behaves as the test likes.</summary>
internal static class JobShop
{
    internal static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    internal static Task<Shop> StartAsync(
        Database database,
        JobBehaviour behaviour,
        Action<JobBuilder>? job = null,
        Action<ConsistencyKitBuilder>? configure = null,
        Action<WorkOptions>? work = null) =>
        Shop.StartAsync(
            database,
            kit =>
            {
                kit.UseJson(JobJson.Default)
                    .AddJob<QueryPayment, QueryPaymentHandler>("query-payment", job)
                    .AddHandler<OrderPlaced, RecordOrder>()
                    .AddHandler<InvoiceWritten, RecordInvoice>()
                    .ConfigureScheduling(scheduling => scheduling.Retry = new RetryPolicy { BaseDelay = TimeSpan.FromMilliseconds(10), MaxAttempts = 3 })
                    .ConfigureWork(options =>
                    {
                        options.PollInterval = TimeSpan.FromMilliseconds(200);
                        options.Lease = TimeSpan.FromSeconds(10);
                        work?.Invoke(options);
                    });
                configure?.Invoke(kit);
            },
            services => services.AddSingleton(behaviour).AddSingleton(new Behaviour()));

    internal static IJobs Jobs(this Shop shop) => shop.Services.GetRequiredService<IJobs>();

    internal static WorkStore Work(this Shop shop) => shop.Services.GetRequiredService<WorkStore>();

    internal static Task<ScheduledJob> ScheduleAsync(this Shop shop, int number, Action<JobOptions>? configure = null) => shop.UseAsync(async db =>
    {
        var job = db.ScheduleJob(new QueryPayment(number), configure);
        await db.SaveChangesAsync();
        return job;
    });

    internal static async Task<WorkSnapshot> UntilAsync(this Shop shop, Guid id, WorkStatus status)
    {
        WorkSnapshot? job = null;
        await Eventually.UntilAsync(async () => (job = await shop.Work().Reader.FindAsync(id, default))?.Status == status, Patience, $"the job is {status}");
        return job!;
    }

    internal static Task<List<int>> EffectsAsync(this Shop shop) => shop.UseAsync(db => db.Effects.OrderBy(effect => effect.Id).Select(effect => effect.Number).ToListAsync());

    internal static Task<List<WorkEvent>> HistoryAsync(this Shop shop, Guid id) => shop.UseAsync(async _ => (await shop.Work().Reader.ReadHistoryAsync(id, 0, default)).ToList());
}

internal sealed record QueryPayment(int Number);

internal sealed record Progressed(int Upto);

[JsonSerializable(typeof(QueryPayment))]
[JsonSerializable(typeof(Progressed))]
internal sealed partial class JobJson : JsonSerializerContext;

internal sealed class JobBehaviour
{
    internal Func<QueryPayment, JobContext, ShopDb, CancellationToken, Task<JobOutcome>> OnRun { get; set; } = static (_, _, _, _) => Task.FromResult(JobOutcome.Done);

    internal ConcurrentQueue<(int Number, int Attempt)> Runs { get; } = new();
}

internal sealed class QueryPaymentHandler(ShopDb db, JobBehaviour behaviour) : IJobHandler<QueryPayment>
{
    public Task<JobOutcome> RunAsync(QueryPayment job, JobContext context, CancellationToken cancellationToken)
    {
        behaviour.Runs.Enqueue((job.Number, context.Attempt));
        db.Effects.Add(new Effect { Key = "job", Number = job.Number });
        return behaviour.OnRun(job, context, db, cancellationToken);
    }
}
