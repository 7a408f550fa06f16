using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.TestHost;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

/// <summary>Endpoints, groups, controllers, and what they say about a key that is not one.</summary>
public sealed class EndpointTests
{
    [Fact]
    public async Task A_request_without_a_key_is_refused_unless_it_may()
    {
        await using var web = await Web.StartAsync(app =>
        {
            app.MapPost("/must", (FakeDb db) => db.Save("must")).RequireIdempotencyKey<FakeDb>();
            app.MapPost("/may", (FakeDb db) => db.Save("may")).RequireIdempotencyKey<FakeDb>(options => options.Required = false);
        });
        Assert.Equal((400, "key-missing"), Of(await web.PostAsync("/must", null)));
        Assert.Equal((400, "key-invalid"), Of(await web.PostAsync("/must", new string('a', 256))));
        Assert.Equal((400, "key-invalid"), Of(await web.PostAsync("/may", "a, b")));
        Assert.Empty(web.Database.Rows);
        Assert.Equal(200, (await web.PostAsync("/may", null)).Status);
        Assert.Equal(200, (await web.PostAsync("/may", null)).Status);
        Assert.Equal(["may", "may"], web.Database.Rows);
        Assert.Equal(200, (await web.PostAsync("/must", new string('a', 255))).Status);
    }

    [Fact]
    public async Task The_header_may_have_another_name()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/a", () => "x").RequireIdempotencyKey(options => options.HeaderName = "X-Request-Key"));
        var missing = await web.PostAsync("/a", "k1");
        Assert.Equal((400, "key-missing"), Of(missing));
        Assert.Contains("X-Request-Key", missing.Body, StringComparison.Ordinal);
        Assert.Equal(200, (await web.PostAsync("/a", null, change: request => request.Headers.Add("X-Request-Key", "k1"))).Status);
        Assert.True((await web.PostAsync("/a", null, change: request => request.Headers.Add("X-Request-Key", "k1"))).IsReplayed);
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("HEAD")]
    [InlineData("OPTIONS")]
    [InlineData("TRACE")]
    public async Task On_a_group_safe_methods_pass_and_the_others_do_not(string safe)
    {
        await using var web = await Web.StartAsync(app =>
        {
            var group = app.MapGroup("/shop").RequireIdempotencyKey<FakeDb>();
            group.MapMethods("/orders", [safe], () => "safe");
            group.MapMethods("/orders", ["POST", "PUT", "PATCH", "DELETE"], (FakeDb db) => db.Save("order"));
            group.MapPost("/free", (FakeDb db) => db.Save("free")).RequireIdempotencyKey<FakeDb>(options => options.Required = false);
        });
        Assert.Equal(200, (await web.PostAsync("/shop/orders", null, change: request => (request.Method, request.Content) = (new HttpMethod(safe), null))).Status);
        foreach (var method in new[] { "POST", "PUT", "PATCH", "DELETE" })
        {
            Assert.Equal((400, "key-missing"), Of(await web.PostAsync("/shop/orders", null, change: request => request.Method = new HttpMethod(method))));
        }

        Assert.Equal(200, (await web.PostAsync("/shop/orders", "k1")).Status);
        Assert.True((await web.PostAsync("/shop/orders", "k1")).IsReplayed);
        Assert.Single(web.Database.Rows);

        // What the endpoint itself says counts before the group.
        Assert.Equal(200, (await web.PostAsync("/shop/free", null)).Status);
    }

    [Fact]
    public async Task Actions_and_controllers_are_marked_with_an_attribute()
    {
        await using var web = await WithControllersAsync(app => app.MapControllers());
        Assert.Equal("GET", await GetAsync(web, "/marked"));
        Assert.Equal((400, "key-missing"), Of(await web.PostAsync("/marked", null, "{\"value\":7}")));
        var first = await web.PostAsync("/marked", "k1", "{\"value\":7}");
        var repeat = await web.PostAsync("/marked", "k1", "{\"value\":7}");
        Assert.Equal((201, "{\"value\":7}", false), (first.Status, first.Body, first.IsReplayed));
        Assert.Equal((201, "{\"value\":7}", true, "/marked/1"), (repeat.Status, repeat.Body, repeat.IsReplayed, repeat.Headers["Location"]));
        Assert.Equal((422, "key-reused"), Of(await web.PostAsync("/marked", "k1", "{\"value\":8}")));
        Assert.Equal(["7"], web.Database.Rows);

        Assert.Equal("optional", (await web.PostAsync("/marked/optional", null)).Body);
        Assert.Equal("attempt 1", (await web.PostAsync("/marked/points", "k1")).Body);
        Assert.Equal("attempt 1", (await web.PostAsync("/marked/shared", "k1")).Body);
        Assert.True((await web.PostAsync("/marked/shared", "k1")).IsReplayed);
    }

    [Fact]
    public async Task An_action_that_fails_leaves_nothing_behind()
    {
        await using var web = await WithControllersAsync(app => app.MapControllers());
        Assert.Equal("Oops.", (await Assert.ThrowsAsync<InvalidOperationException>(() => web.PostAsync("/marked/fail", "k1"))).Message);
        Assert.Equal((503, "store-unavailable"), Of(await web.PostAsync("/marked/transient", "k1")));
        Assert.Empty(web.Database.Rows);
        Assert.Empty(web.Database.Keys);
    }

    [Fact]
    public async Task A_model_that_is_not_valid_is_refused_by_the_action_and_the_refusal_stored()
    {
        await using var web = await WithControllersAsync(app => app.MapControllers());
        var first = await web.PostAsync("/marked", "k1", "not json");
        Assert.Equal(400, first.Status);
        var repeat = await web.PostAsync("/marked", "k1", "not json");
        Assert.Equal((400, true, first.Body), (repeat.Status, repeat.IsReplayed, repeat.Body));
    }

    [Fact]
    public async Task All_controllers_at_once_can_be_told()
    {
        await using var web = await WithControllersAsync(app => app.MapControllers().RequireIdempotencyKey<FakeDb>());
        Assert.Equal("GET", await GetAsync(web, "/plain"));
        Assert.Equal((400, "key-missing"), Of(await web.PostAsync("/plain", null, "{\"value\":7}")));
        Assert.Equal("{\"value\":7}", (await web.PostAsync("/plain", "k1", "{\"value\":7}")).Body);
        Assert.True((await web.PostAsync("/plain", "k1", "{\"value\":7}")).IsReplayed);

        // The attribute says more.
        Assert.Equal("optional", (await web.PostAsync("/marked/optional", null)).Body);
    }

    [Fact]
    public async Task Conventional_routes_that_many_actions_share_keep_their_keys_apart()
    {
        await using var web = await Web.StartAsync(
            app => app.MapControllerRoute("default", "{controller}/{action}").RequireIdempotencyKey(),
            services: services => services.AddControllers().AddApplicationPart(typeof(PairController).Assembly));
        Assert.Equal("one", (await web.PostAsync("/pair/one", "k1")).Body);
        Assert.Equal("two", (await web.PostAsync("/pair/two", "k1")).Body);
        Assert.True((await web.PostAsync("/pair/two", "k1")).IsReplayed);
    }

    [Theory]
    [InlineData("no-kit", "services.AddConsistencyKit")]
    [InlineData("no-store", "kit.UseEntityFrameworkCore<String>()")]
    [InlineData("cookies", "Set-Cookie must not be stored")]
    [InlineData("sizes", "MaxRequestBytes must be at least 1")]
    [InlineData("header", "HeaderName must name a header")]
    [InlineData("delay", "MaxRetryAfter must be at least a second")]
    public async Task What_does_not_fit_is_said_with_its_cure(string fault, string cure)
    {
        Action<WebApplication> map = fault switch
        {
            "no-store" => app => app.MapPost("/a", () => "x").RequireIdempotencyKey<string>(),
            "cookies" => app => app.MapPost("/a", () => "x").RequireIdempotencyKey(options => options.StoredHeaders.Add("Set-Cookie")),
            "sizes" => app => app.MapPost("/a", () => "x").RequireIdempotencyKey(options => options.MaxRequestBytes = 0),
            "header" => app => app.MapPost("/a", () => "x").RequireIdempotencyKey(options => options.HeaderName = " "),
            "delay" => app => app.MapPost("/a", () => "x").RequireIdempotencyKey(options => options.MaxRetryAfter = TimeSpan.Zero),
            _ => _ => { }
            ,
        };
        if (fault == "no-kit")
        {
            await using var bare = WebApplication.CreateBuilder().Build();
            bare.MapPost("/a", () => "x").RequireIdempotencyKey();
            var missing = Assert.Throws<ConsistencyConfigurationException>(() => ((Microsoft.AspNetCore.Routing.IEndpointRouteBuilder)bare).DataSources.SelectMany(source => source.Endpoints).ToList());
            Assert.Contains(cure, missing.Message, StringComparison.Ordinal);
            return;
        }

        var error = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => Web.StartAsync(map));
        Assert.Contains(cure, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("shared", "add kit.UseRedis(…), or kit.UseMemoryIdempotency()")]
    [InlineData("context", "kit.UseEntityFrameworkCore<FakeDb>()")]
    [InlineData("group", "kit.UseEntityFrameworkCore<FakeDb>()")]
    [InlineData("controllers", "kit.UseEntityFrameworkCore<FakeDb>()")]
    [InlineData("attributes", "kit.UseEntityFrameworkCore<FakeDb>()")]
    [InlineData("not an action", "call RequireIdempotencyKey() on what its Map method returns")]
    public async Task A_host_does_not_start_without_the_store_that_an_endpoint_needs(string where, string cure)
    {
        var builder = WebApplication.CreateBuilder();
        builder.WebHost.UseTestServer();
        builder.Services.AddConsistencyKit(kit => kit.AddApiDescriptions());
        if (where is "controllers" or "attributes")
        {
            builder.Services.AddControllers().AddApplicationPart(typeof(MarkedController).Assembly);
        }

        await using var app = builder.Build();
        object mapped = where switch
        {
            "shared" => app.MapPost("/a", () => "x").RequireIdempotencyKey(),
            "context" => app.MapPost("/a", () => "x").RequireIdempotencyKey<FakeDb>(),
            "group" => app.MapGroup("/g").RequireIdempotencyKey<FakeDb>().MapPost("/a", () => "x"),
            "controllers" => app.MapControllers().RequireIdempotencyKey<FakeDb>(),
            "attributes" => app.MapControllers(),
            _ => app.MapPost("/a", [RequireIdempotencyKey] () => "x"),
        };
        var error = await Assert.ThrowsAsync<ConsistencyConfigurationException>(() => app.StartAsync());
        Assert.Contains(cure, error.Message, StringComparison.Ordinal);
        Assert.NotNull(mapped);
    }

    [Fact]
    public async Task Problems_are_written_in_the_applications_own_form()
    {
        await using var web = await Web.StartAsync(
            app => app.MapPost("/a", () => "x").RequireIdempotencyKey(),
            services: services => services.AddProblemDetails(options => options.CustomizeProblemDetails = problem => problem.ProblemDetails.Extensions["support"] = "call us"));
        var refused = await web.PostAsync("/a", null);
        Assert.Equal((400, "key-missing"), Of(refused));
        Assert.Contains("call us", refused.Body, StringComparison.Ordinal);

        // And all the same where the client says that it does not read JSON.
        var plain = await web.PostAsync("/a", null, change: request => request.Headers.Accept.ParseAdd("text/plain"));
        Assert.Equal((400, "key-missing"), Of(plain));
    }

    private static Task<Web> WithControllersAsync(Action<WebApplication> map) => Web.StartAsync(map, services: services => services.AddControllers().AddApplicationPart(typeof(MarkedController).Assembly));

    private static async Task<string> GetAsync(Web web, string path)
    {
        using var client = web.Client();
        return await client.GetStringAsync(new Uri(path, UriKind.Relative));
    }

    private static (int, string?) Of(Reply reply) => (reply.Status, reply.Problem);
}
