using System.Security.Claims;
using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.TestHost;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>A web application with the kit: keys in memory, and a fake database that joins commits.</summary>
internal sealed class Web : IAsyncDisposable
{
    private readonly WebApplication _app;

    private Web(WebApplication app, FakeDatabase database, ManualClock clock)
    {
        _app = app;
        Database = database;
        Clock = clock;
    }

    internal FakeDatabase Database { get; }

    internal ManualClock Clock { get; }

    internal IServiceProvider Services => _app.Services;

    internal ILogLines Log => _app.Services.GetRequiredService<ILogLines>();

    /// <summary>The address; of an application on a real server.</summary>
    internal Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <param name="map">Maps the endpoints.</param>
    /// <param name="kit">Adds to the kit.</param>
    /// <param name="services">Adds services, before the kit's.</param>
    /// <param name="onWire">Whether to listen on a port, for tests about bytes.</param>
    internal static async Task<Web> StartAsync(
        Action<WebApplication> map,
        Action<ConsistencyKitBuilder>? kit = null,
        Action<IServiceCollection>? services = null,
        bool onWire = false)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = Environments.Production });
        builder.Logging.ClearProviders();
        var log = new LogLines();
        builder.Logging.AddProvider(log);
        builder.Services.AddSingleton<ILogLines>(log);
        var database = new FakeDatabase();
        var clock = new ManualClock();
        builder.Services.AddSingleton(database).AddScoped<FakeDb>().AddSingleton<TimeProvider>(clock);
        services?.Invoke(builder.Services);
        builder.Services.AddConsistencyKit(it =>
        {
            it.UseMemoryIdempotency().AddIdempotencyStore(provider => new IdempotencyStore
            {
                Key = typeof(FakeDb),
                Name = nameof(FakeDb),
                Claims = new MemoryIdempotency(provider.GetRequiredService<TimeProvider>()),
                Atomic = new FakeAtomic(database, provider.GetRequiredService<TimeProvider>()),
                IsShared = true,
            });
            it.ConfigureIdempotencyKeys(options => options.AllowAnonymous());
            kit?.Invoke(it);
        });
        if (onWire)
        {
            builder.WebHost.ConfigureKestrel(kestrel =>
            {
                kestrel.Listen(System.Net.IPAddress.Loopback, 0);

                // The kit's own bound on slow bodies is what ends them, not the server's.
                kestrel.Limits.MinRequestBodyDataRate = null;
            });
        }
        else
        {
            builder.WebHost.UseTestServer();
        }

        var app = builder.Build();
        app.Use((context, next) =>
        {
            if (context.Request.Headers.TryGetValue("Test-User", out var user))
            {
                context.User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.NameIdentifier, user.ToString())], "test"));
            }

            return next(context);
        });
        map(app);
        await app.StartAsync();
        return new Web(app, database, clock);
    }

    internal HttpClient Client() => _app.Services.GetRequiredService<IServer>() is TestServer ? _app.GetTestClient() : new HttpClient { BaseAddress = Address };

    /// <summary>Posts a text under a key.</summary>
    internal async Task<Reply> PostAsync(string path, string? key, string body = "{}", string? user = null, Action<HttpRequestMessage>? change = null, CancellationToken cancellationToken = default)
    {
        using var client = Client();
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        if (key is not null)
        {
            request.Headers.TryAddWithoutValidation("Idempotency-Key", key);
        }

        if (user is not null)
        {
            request.Headers.TryAddWithoutValidation("Test-User", user);
        }

        change?.Invoke(request);
        using var response = await client.SendAsync(request, cancellationToken);
        return await Reply.OfAsync(response);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
