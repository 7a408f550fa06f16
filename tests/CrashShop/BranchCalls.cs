using Consistency.Kit.Tcc;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.CrashShop;

/// <summary>Makes the calls of a coordinator that does not know what was answered before: each twice, and all of them in each run.</summary>
internal sealed class BranchCalls(IServiceProvider services, int count)
{
    internal async Task RunAsync()
    {
        for (var number = 0; number < count; number++)
        {
            // Every third transaction is cancelled before its try arrives.
            if (number % 3 == 2)
            {
                await CallAsync(number, BranchOperation.Cancel);
            }

            await CallAsync(number, BranchOperation.Try);
            await CallAsync(number, number % 3 == 0 ? BranchOperation.Confirm : BranchOperation.Cancel);
        }
    }

    private async Task CallAsync(int number, BranchOperation operation)
    {
        for (var copy = 0; copy < 2; copy++)
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
            var outcome = await db.Barrier.RunAsync(new BranchCall($"{number}", "wallet", operation), _ =>
            {
                db.Effects.Add(new Effect { Consumer = $"{operation}", OrderId = number, Number = 1, Worker = Environment.ProcessId });
                db.Outbox.Publish(new OrderFollowed(number, (int)operation), $"{number}");
                return Task.CompletedTask;
            });
            if (!outcome.IsDone && outcome is not BranchOutcome<bool>.Superseded)
            {
                throw new InvalidOperationException($"{operation} of {number} was answered {outcome}.");
            }
        }
    }
}
