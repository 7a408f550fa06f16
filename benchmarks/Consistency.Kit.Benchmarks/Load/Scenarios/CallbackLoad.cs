using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Benchmarks.Load.Measuring;
using Consistency.Kit.Benchmarks.Load.Shop;
using Consistency.Kit.Callbacks;
using Consistency.Kit.Payments.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Benchmarks.Load.Scenarios;

/// <summary>How long a provider waits for its acknowledgement while nothing processes what it sends: signature, insert, answer.</summary>
internal sealed class CallbackLoad : IScenario
{
    private const int PerSecond = 500;
    private const int WarmUp = 10 * PerSecond;
    private const int Measured = 30 * PerSecond;
    private const string Provider = "webhooks";

    private static readonly byte[] Secret = RandomNumberGenerator.GetBytes(32);

    public string Name => "callbacks";

    public string Summary => "acknowledgement of a stored callback at 500/s, while processing is stopped";

    public async Task RunAsync(LoadContext context, CancellationToken cancellationToken)
    {
        var database = await context.CreateDatabaseAsync("callbacks", cancellationToken);
        await using var app = await StartAsync(database, cancellationToken);
        var address = new Uri(new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First()), "/callbacks/webhooks");
        using var http = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 256 });
        await PostAllAsync(http, address, 0, WarmUp);
        var latencies = await PostAllAsync(http, address, WarmUp, Measured);
        new Latencies([.. latencies.Order()]).Print("ack");
        Report.Value("callbacks_per_second", PerSecond);
        Report.Value("callbacks_stored", await database.ScalarAsync<long>("SELECT count(*) FROM consistency_work"));
        await app.StopAsync(cancellationToken);
    }

    private static async Task<WebApplication> StartAsync(Database database, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Warning).AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddDbContextPool<KitDb>(options => options.UseNpgsql(database.ConnectionString));
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<KitDb>()
            .ConfigureOutbox(outbox => outbox.Relay = false)
            .ConfigureInbox(inbox => inbox.Consume = false)
            .ConfigureWork(work => work.Run = false)
            .AddCallbacks<Nothing>(Provider, _ => new StandardWebhooksVerifier(new StandardWebhooksOptions { Secrets = { "whsec_" + Convert.ToBase64String(Secret) } })));
        var app = builder.Build();
        app.MapCallback("/callbacks/webhooks", Provider);
        await using (var scope = app.Services.CreateAsyncScope())
        {
            await scope.ServiceProvider.GetRequiredService<KitDb>().Database.EnsureConsistencyKitCreatedAsync(cancellationToken);
        }

        await app.StartAsync(cancellationToken);
        return app;
    }

    private static async Task<ConcurrentBag<double>> PostAllAsync(HttpClient http, Uri address, int first, int count)
    {
        var latencies = new ConcurrentBag<double>();
        await Pacer.RunAsync(first, count, TimeSpan.FromSeconds(1) / PerSecond, async number =>
        {
            using var request = Request(address, number);
            var started = Stopwatch.GetTimestamp();
            using var response = await http.SendAsync(request);
            latencies.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            response.EnsureSuccessStatusCode();
        });
        return latencies;
    }

    private static HttpRequestMessage Request(Uri address, int number)
    {
        var id = string.Create(CultureInfo.InvariantCulture, $"msg-{number}");
        var time = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var body = string.Create(CultureInfo.InvariantCulture, $$$"""{"type":"payment.paid","data":{"order":"{{{number}}}","amount":19900,"currency":"CNY","merchant":"shop-1"}}""");
        var signature = Convert.ToBase64String(HMACSHA256.HashData(Secret, Encoding.UTF8.GetBytes($"{id}.{time}.{body}")));
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        request.Headers.Add("webhook-id", id);
        request.Headers.Add("webhook-timestamp", time);
        request.Headers.Add("webhook-signature", "v1," + signature);
        return request;
    }

    private sealed class Nothing : ICallbackHandler
    {
        public Task<CallbackOutcome> HandleAsync(StoredCallback callback, CancellationToken cancellationToken) => Task.FromResult(CallbackOutcome.Done);
    }
}
