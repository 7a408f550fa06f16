using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.CrashShop;

/// <summary>The wallet as a service of its own, until its standard input is closed.</summary>
internal sealed class BranchService(ShopSettings settings)
{
    internal async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, settings.Port));
        builder.Services.AddDbContext<CrashShopDb>(options => Worker.Configure(options, settings.Store, settings.Connection));
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<CrashShopDb>()
            .UseJson(HoldJson.Default)
            .ConfigureOutbox(outbox => outbox.Relay = false)
            .ConfigureInbox(inbox => inbox.Consume = false)
            .ConfigureWork(work => work.Run = false));
        await using var app = builder.Build();
        app.MapTccBranch<CrashShopDb, WalletBranch, Hold, Hold>("/wallet").AllowAnonymous();
        await app.Services.EnsureConsistencyKitCreatedAsync<CrashShopDb>();
        SelfDestruct.Arm(settings.CrashAt, settings.Hit);
        await app.StartAsync();
        Console.WriteLine("listening");
        await Console.In.ReadToEndAsync();
        await app.StopAsync();
        return 0;
    }
}
