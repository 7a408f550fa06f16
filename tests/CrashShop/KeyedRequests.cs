using Consistency.Kit.Idempotency;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.CrashShop;

/// <summary>Sends each request under its key until it is answered, in one transaction with the key or with recovery points, and says what the answers are.</summary>
internal sealed class KeyedRequests(IServiceProvider services, int count)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    internal async Task RunAsync()
    {
        for (var number = 0; number < count; number++)
        {
            Console.WriteLine($"answer atomic {number} {await AnswerAsync(db => AtomicAsync(db, number))}");
            Console.WriteLine($"answer points {number} {await AnswerAsync(db => WithPointsAsync(db, number))}");
        }
    }

    private static Task<IdempotentResult<int>> AtomicAsync(CrashShopDb db, int number) => db.Idempotency.ExecuteAsync(
        new IdempotencyKey($"{number}", "atomic"),
        async cancellationToken =>
        {
            var answer = Leave(db, "atomic", number);
            db.Outbox.Publish(new OrderFollowed(number, 0), $"{number}");
            await db.SaveChangesAsync(cancellationToken);
            return answer;
        });

    private static Task<IdempotentResult<int>> WithPointsAsync(CrashShopDb db, int number) => db.Idempotency.ExecuteWithPointsAsync(
        new IdempotencyKey($"{number}", "points"),
        Fingerprint.None,
        async (attempt, cancellationToken) =>
        {
            if (!attempt.TryGet("saved", out int answer))
            {
                answer = Leave(db, "points", number);
                attempt.Reach("saved", answer);
                await db.SaveChangesAsync(cancellationToken);
            }

            return answer;
        });

    /// <summary>Each run has another answer, and the effect shows which run it was.</summary>
    private static int Leave(CrashShopDb db, string consumer, int number)
    {
#pragma warning disable CA5394 // Not a secret.
        var answer = Random.Shared.Next();
#pragma warning restore CA5394
        db.Effects.Add(new Effect { Consumer = consumer, OrderId = number, Number = answer, Worker = Environment.ProcessId });
        return answer;
    }

    private async Task<int> AnswerAsync(Func<CrashShopDb, Task<IdempotentResult<int>>> ask)
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        while (true)
        {
            await using (var scope = services.CreateAsyncScope())
            {
                var result = await ask(scope.ServiceProvider.GetRequiredService<CrashShopDb>());
                if (result is not IdempotentResult<int>.InProgress)
                {
                    return result.Value;
                }
            }

            if (time.GetElapsedTime(started) > Deadline)
            {
                throw new TimeoutException($"After {Deadline.TotalSeconds} s a request is still running elsewhere.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), time);
        }
    }
}
