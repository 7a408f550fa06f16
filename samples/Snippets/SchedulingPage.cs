using Consistency.Kit;
using Consistency.Kit.Scheduling;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Snippets.SchedulingPage;

internal static class SchedulingPage
{
    internal static void Register(WebApplicationBuilder builder, TimeZoneInfo berlin)
    {
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<ShopDb>()
            .UseJson(ShopJson.Default)                                     // [JsonSerializable(typeof(QueryPayment))]
            .AddJob<QueryPayment, QueryPaymentHandler>("query-payment", job => job
                .Retry(new RetryPolicy { Plan = [TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(30), TimeSpan.FromMinutes(1)], MaxAge = TimeSpan.FromHours(2) })
                .Limit(10))
            .AddRecurringJob("nightly-check", new QueryPayment(Guid.Empty), r => r.Daily(new TimeOnly(2, 30), berlin)));
    }

    internal static async Task ScheduleAsync(ShopDb db, Order order, CancellationToken cancellationToken)
    {
        db.Orders.Add(order);
        db.ScheduleJob(new QueryPayment(order.Id), o => { o.Delay = TimeSpan.FromMinutes(1); o.Key = order.Id.ToString(); });
        await db.SaveChangesAsync(cancellationToken);
    }

    internal static async Task ReadPagesAsync(JobContext context, int pages, CancellationToken cancellationToken)
    {
        for (var page = context.TryGetCheckpoint<int>(out var reached) ? reached + 1 : 0; page < pages; page++)
        {
            await ReadAsync(page, cancellationToken);
            await context.SaveCheckpointAsync(page, cancellationToken);
        }
    }

    private static Task ReadAsync(int page, CancellationToken cancellationToken) => Task.CompletedTask;
}

public sealed record QueryPayment(Guid Order);

public interface IPaymentQueries
{
    Task<Payment?> QueryAsync(Guid order, Guid idempotencyKey, CancellationToken cancellationToken);
}

public sealed class QueryPaymentHandler(ShopDb db, IPaymentQueries payments) : IJobHandler<QueryPayment>
{
    public async Task<JobOutcome> RunAsync(QueryPayment job, JobContext context, CancellationToken cancellationToken)
    {
        var payment = await payments.QueryAsync(job.Order, idempotencyKey: context.Id, cancellationToken);
        if (payment is null)
        {
            return JobOutcome.Unknown("processing");               // tried again by the policy
        }

        db.Payments.Add(payment);
        return JobOutcome.Done;                                    // what is left unsaved is saved with the outcome
    }
}
