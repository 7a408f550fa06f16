using Consistency.Kit.AspNetCore.Tests.Support;
using Consistency.Kit.KeyShop;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

/// <summary>A middleware that begins a transaction around the endpoint: whoever commits last must not have answered before.</summary>
public sealed class OpenTransactionTests
{
    [Theory]
    [InlineData("postgres")]
    [InlineData("sqlite")]
    public async Task An_answer_never_leaves_before_somebody_elses_commit(string store)
    {
        await using var database = await ShopDatabase.CreateAsync(store);
        var runs = 0;
        await using var app = await StartAsync(database, () => runs++);
        using var client = app.GetTestClient();

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => PostAsync(client, "k1", begin: true));
        Assert.Contains("begin none around an endpoint with RequireIdempotencyKey<TDbContext>(), or run the work with db.Idempotency.ExecuteAsync", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, runs);
        Assert.Equal(0, await database.CountAsync("orders"));

        // Without it the key is free, and what was answered is told also where a transaction is open.
        Assert.Equal((200, "1"), await PostAsync(client, "k1", begin: false));
        Assert.Equal((200, "1"), await PostAsync(client, "k1", begin: true));
        Assert.Equal(1, await database.CountAsync("orders"));
    }

    private static async Task<(int, string)> PostAsync(HttpClient client, string key, bool begin)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri("/orders", UriKind.Relative));
        request.Headers.Add("Idempotency-Key", key);
        request.Headers.Add("Begin", begin.ToString());
        using var response = await client.SendAsync(request);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    private static async Task<WebApplication> StartAsync(ShopDatabase database, Action onRun)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseTestServer();
        builder.Services.AddDbContext<KeyShopDb>(database.Configure);
        builder.Services.AddConsistencyKit(kit => kit
            .UseEntityFrameworkCore<KeyShopDb>()
            .ConfigureIdempotencyKeys(options => options.AllowAnonymous())
            .ConfigureOutbox(outbox => outbox.Relay = false)
            .ConfigureInbox(inbox => inbox.Consume = false));
        var app = builder.Build();
        app.Use(async (context, next) =>
        {
            var db = context.RequestServices.GetRequiredService<KeyShopDb>();
            await using var transaction = context.Request.Headers["Begin"] == "True" ? await db.Database.BeginTransactionAsync() : null;
            await next(context);
            if (transaction is not null)
            {
                await transaction.CommitAsync();
            }
        });
        app.MapPost("/orders", async (KeyShopDb db) =>
        {
            onRun();
            db.Orders.Add(new Order { Item = "tea" });
            return await db.SaveChangesAsync();
        }).RequireIdempotencyKey<KeyShopDb>();
        await app.Services.EnsureConsistencyKitCreatedAsync<KeyShopDb>();
        await app.StartAsync();
        return app;
    }
}
