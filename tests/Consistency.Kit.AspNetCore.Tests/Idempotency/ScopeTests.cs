using System.Security.Claims;
using Consistency.Kit.AspNetCore.Idempotency;
using Consistency.Kit.AspNetCore.Idempotency.Internal;
using Consistency.Kit.AspNetCore.Tests.Support;

namespace Consistency.Kit.AspNetCore.Tests.Idempotency;

/// <summary>A key belongs to its caller and its operation.</summary>
public sealed class ScopeTests
{
    [Fact]
    public async Task The_same_key_from_another_caller_is_another_key()
    {
        await using var web = await Web.StartAsync(app => Map(app));
        Assert.Equal("ann", (await web.PostAsync("/a", "k1", user: "ann")).Body);
        Assert.Equal("bob", (await web.PostAsync("/a", "k1", user: "bob")).Body);
        Assert.Equal(("ann", true), (await web.PostAsync("/a", "k1", user: "ann")) is var repeat ? (repeat.Body, repeat.IsReplayed) : default);
    }

    [Fact]
    public async Task The_same_key_in_another_tenant_is_another_key()
    {
        await using var web = await Web.StartAsync(app => Map(app, options => options.Tenant = context => context.Request.Headers["Tenant"]));
        Assert.False((await web.PostAsync("/a", "k1", user: "ann", change: request => request.Headers.Add("Tenant", "one"))).IsReplayed);
        Assert.False((await web.PostAsync("/a", "k1", user: "ann", change: request => request.Headers.Add("Tenant", "two"))).IsReplayed);
        Assert.True((await web.PostAsync("/a", "k1", user: "ann", change: request => request.Headers.Add("Tenant", "two"))).IsReplayed);
    }

    [Fact]
    public async Task The_same_key_on_another_route_or_method_is_another_key()
    {
        await using var web = await Web.StartAsync(app => Map(app));
        Assert.True((await web.PostAsync("/a", "k1", user: "ann")) is { Status: 200, IsReplayed: false });
        Assert.True((await web.PostAsync("/b", "k1", user: "ann")) is { Status: 200, IsReplayed: false });
        Assert.True((await web.PostAsync("/a", "k1", user: "ann", change: request => request.Method = HttpMethod.Put)) is { Status: 200, IsReplayed: false });
        Assert.True((await web.PostAsync("/a", "k1", user: "ann", change: request => request.Method = HttpMethod.Put)).IsReplayed);
        Assert.True((await web.PostAsync("/a", "k1", user: "ann")).IsReplayed);
    }

    [Fact]
    public async Task An_unknown_caller_is_an_error_that_names_the_cure()
    {
        await using var web = await Web.StartAsync(app => app.MapPost("/open", () => "x").RequireIdempotencyKey(), kit => { }, onWire: false);
        Assert.Equal(200, (await web.PostAsync("/open", "k1")).Status);

        var strict = new IdempotencyKeyOptions();
        var error = Assert.Throws<ConsistencyConfigurationException>(() => KeyScope.KeyOf(new DefaultHttpContext { Request = { Method = "POST", Path = "/open" } }, "k1", strict));
        Assert.Contains("o.AllowAnonymous()", error.Message, StringComparison.Ordinal);
        Assert.Contains("o.Caller", error.Message, StringComparison.Ordinal);
        Assert.Throws<ConsistencyConfigurationException>(() => KeyScope.KeyOf(new DefaultHttpContext(), "k1", new IdempotencyKeyOptions { Caller = _ => "" }));
    }

    [Fact]
    public void A_user_without_an_id_is_not_taken_for_nobody()
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, "Ann")], "test")) };
        Assert.Throws<ConsistencyConfigurationException>(() => KeyScope.KeyOf(context, "k1", new IdempotencyKeyOptions().AllowAnonymous()));
    }

    [Fact]
    public void Issuer_and_scheme_are_part_of_who_asks()
    {
        var keys = new[]
        {
            KeyOf("oidc", "sub", "ann", "https://one"),
            KeyOf("oidc", "sub", "ann", "https://two"),
            KeyOf("cookie", ClaimTypes.NameIdentifier, "ann", "https://one"),
            KeyOf("oidc", "sub", "bob", "https://one"),
        };
        Assert.Equal(4, keys.Distinct().Count());
        Assert.Equal(keys[0], KeyOf("oidc", "sub", "ann", "https://one"));
    }

    private static Consistency.Kit.Idempotency.IdempotencyKey KeyOf(string scheme, string type, string id, string issuer)
    {
        var context = new DefaultHttpContext { User = new ClaimsPrincipal(new ClaimsIdentity([new Claim(type, id, null, issuer)], scheme)) };
        context.Request.Method = "POST";
        context.Request.Path = "/a";
        return KeyScope.KeyOf(context, "k1", new IdempotencyKeyOptions());
    }

    private static void Map(WebApplication app, Action<IdempotencyKeyOptions>? configure = null)
    {
        app.MapMethods("/a", ["POST", "PUT"], (ClaimsPrincipal user) => Results.Text(user.FindFirstValue(ClaimTypes.NameIdentifier))).RequireIdempotencyKey(configure);
        app.MapPost("/b", (ClaimsPrincipal user) => Results.Text(user.FindFirstValue(ClaimTypes.NameIdentifier))).RequireIdempotencyKey(configure);
    }
}
