using System.Text.Json.Serialization;
using Consistency.Kit.Tcc;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.CrashShop;

[JsonSerializable(typeof(Hold))]
internal sealed partial class HoldJson : JsonSerializerContext;

/// <summary>Runs each TCC once, whatever crashes: stock here, a wallet here or on another service.</summary>
internal sealed class Tccs(IServiceProvider services, ShopSettings settings)
{
    /// <summary>Instead of the wallet's address: it is here, and asked by message.</summary>
    internal const string ByMessage = "message";

    private static readonly TccBranch<Hold, Hold> Stock = new("stock");
    private static readonly TccBranch<Hold, Hold> Wallet = new("wallet");
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly RetryPolicy Quick = new() { BaseDelay = TimeSpan.FromMilliseconds(20), MaxDelay = TimeSpan.FromMilliseconds(200), MaxAttempts = 1_000 };

    internal static bool Refuses(int number) => number % 3 == 2;

    internal static void Register(ConsistencyKitBuilder kit, ShopSettings settings) => kit
        .UseJson(HoldJson.Default)
        .AddTcc(tcc => tcc
            .AddBranch(Stock, branch => branch.Local<CrashShopDb, StockBranch>())
            .RepliesTo("tcc-replies")
            .AddBranch(Wallet, branch =>
            {
                if (settings.Wallet == ByMessage)
                {
                    branch.Message("tcc-calls");
                }
                else if (settings.Wallet.Length > 0)
                {
                    branch.Http(new Uri(settings.Wallet));
                }
                else
                {
                    branch.Local<CrashShopDb, WalletBranch>();
                }
            })
            .Configure(options => (options.TryRetry, options.Retry, options.AskAgainAfter) = (Quick, Quick, TimeSpan.FromSeconds(2))))
        .AddTccBranches("tcc-calls", branches => branches.Add<CrashShopDb, WalletBranch, Hold, Hold>(Wallet))
        .ConfigureWork(work => (work.Lease, work.PollInterval, work.MaxTakeOvers) = (TimeSpan.FromSeconds(1), TimeSpan.FromMilliseconds(100), 1_000));

    internal async Task RunAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline, TimeProvider.System);
        var tcc = services.GetRequiredService<ITccCoordinator>();
        for (var number = 0; number < settings.Tccs; number++)
        {
            var outcome = await tcc.RunAsync(
                $"{number}",
                async (scope, token) =>
                {
                    await scope.TryAsync(Stock, new Hold(number), token);
                    await scope.TryAsync(Wallet, new Hold(number), token);
                },
                deadline.Token);
            Console.WriteLine($"tcc {outcome}");
        }
    }
}
