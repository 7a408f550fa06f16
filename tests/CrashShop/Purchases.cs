using Consistency.Kit.Sagas;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.CrashShop;

/// <summary>Starts each saga with its order in one commit, whatever crashes, and waits until all have ended.</summary>
internal sealed class Purchases(IServiceProvider services, ShopSettings settings)
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly bool _isSplit = settings.Ledger.Length > 0;

    internal static void Register(ConsistencyKitBuilder kit, ShopSettings settings)
    {
        kit.UseJson(PurchaseJson.Default);
        if (settings.Ledger.Length > 0)
        {
            kit.UseEntityFrameworkCore<LedgerDb>().AddSaga<TransferSaga, Purchase>(saga => saga.In<CrashShopDb>());
        }
        else
        {
            kit.AddSaga<PurchaseSaga, Purchase>();
        }

        kit.ConfigureWork(work => (work.Lease, work.PollInterval, work.MaxTakeOvers) = (TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), 1_000));
    }

    /// <summary>Every second one, where any is refused.</summary>
    internal static bool Refuses(ShopSettings settings, int number) => settings.Refuses && number % 2 == 1;

    internal async Task StartAsync()
    {
        for (var number = 0; number < settings.Sagas; number++)
        {
            await using var scope = services.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<CrashShopDb>();
            if (await db.Orders.FindAsync(number) is not null)
            {
                continue;
            }

            db.Orders.Add(new Order { Id = number, Published = 1 });
            _ = _isSplit
                ? db.StartSaga<TransferSaga, Purchase>($"{number}", new Purchase(number))
                : db.StartSaga<PurchaseSaga, Purchase>($"{number}", new Purchase(number));
            await db.SaveChangesAsync();
        }
    }

    internal async Task EndAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        for (var number = 0; number < settings.Sagas; number++)
        {
            var saga = await services.GetRequiredService<ISagas>().WaitAsync("purchase", $"{number}", deadline.Token)
                ?? throw new InvalidOperationException($"There is an order {number} and no saga.");
            Console.WriteLine($"saga {number} {saga.Status} {saga.Reason}");
        }
    }
}
