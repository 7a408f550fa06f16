using System.Text.Json;
using Consistency.Kit.AspNetCore.Tests.Support;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

public sealed class ApiDescriptionTests
{
    [Fact]
    public async Task The_OpenAPI_document_shows_the_header_and_the_answers()
    {
        await using var web = await StartAsync(app => app.MapControllers().RequireIdempotencyKey<FakeDb>());
        using var client = web.Client();
        using var document = JsonDocument.Parse(await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)));
        var paths = document.RootElement.GetProperty("paths");

        AssertKey(paths.GetProperty("/orders").GetProperty("post"), required: true);
        AssertKey(paths.GetProperty("/may").GetProperty("post"), required: false);
        AssertKey(paths.GetProperty("/group/a").GetProperty("delete"), required: true);
        AssertKey(paths.GetProperty("/marked").GetProperty("post"), required: true);
        AssertKey(paths.GetProperty("/marked/optional").GetProperty("post"), required: false);
        AssertKey(paths.GetProperty("/plain").GetProperty("post"), required: true);
        foreach (var (path, method) in new[] { ("/group/a", "get"), ("/marked", "get"), ("/plain", "get"), ("/free", "post") })
        {
            var operation = paths.GetProperty(path).GetProperty(method);
            Assert.False(operation.TryGetProperty("parameters", out _), path);
            Assert.False(operation.GetProperty("responses").TryGetProperty("422", out _), path);
        }

        // What the endpoint says itself stays.
        var responses = paths.GetProperty("/orders").GetProperty("post").GetProperty("responses");
        Assert.True(responses.TryGetProperty("201", out _));
        Assert.Equal("Mine", responses.GetProperty("409").GetProperty("description").GetString());
        Assert.True(paths.GetProperty("/group/a").GetProperty("delete").GetProperty("responses").TryGetProperty("200", out _));
    }

    [Fact]
    public async Task Without_the_call_nothing_is_shown()
    {
        await using var web = await Web.StartAsync(app =>
        {
            app.MapOpenApi();
            app.MapPost("/orders", () => "x").RequireIdempotencyKey();
        }, services: services => services.AddOpenApi());
        using var client = web.Client();
        Assert.DoesNotContain("Idempotency", await client.GetStringAsync(new Uri("/openapi/v1.json", UriKind.Relative)), StringComparison.Ordinal);
    }

    private static Task<Web> StartAsync(Action<WebApplication> map) => Web.StartAsync(
        app =>
        {
            app.MapOpenApi();
            app.MapPost("/orders", (Amount amount) => Results.Created("/orders/1", amount)).Produces<Amount>(201).Produces(409, responseType: null).WithMetadata(new Microsoft.AspNetCore.Mvc.ProducesResponseTypeAttribute(409) { Description = "Mine" }).RequireIdempotencyKey<FakeDb>();
            app.MapPost("/may", () => "x").RequireIdempotencyKey(options => options.Required = false);
            app.MapPost("/free", () => "x");
            var group = app.MapGroup("/group").RequireIdempotencyKey<FakeDb>();
            group.MapDelete("/a", () => "x");
            group.MapGet("/a", () => "x");
            map(app);
        },
        kit => kit.AddApiDescriptions().AddApiDescriptions(),
        services =>
        {
            services.AddOpenApi();
            services.AddControllers().AddApplicationPart(typeof(MarkedController).Assembly);
        });

    private static void AssertKey(JsonElement operation, bool required)
    {
        var header = Assert.Single(operation.GetProperty("parameters").EnumerateArray());
        Assert.Equal(("Idempotency-Key", "header", "string"), (header.GetProperty("name").GetString(), header.GetProperty("in").GetString(), header.GetProperty("schema").GetProperty("type").GetString()));
        Assert.Equal(required, header.TryGetProperty("required", out var value) && value.GetBoolean());
        foreach (var status in new[] { "400", "409", "422" })
        {
            Assert.True(operation.GetProperty("responses").TryGetProperty(status, out _), status);
        }

        Assert.True(operation.GetProperty("responses").GetProperty("422").GetProperty("content").TryGetProperty("application/problem+json", out _));
    }
}
