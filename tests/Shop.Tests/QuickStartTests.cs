using System.Text.Json.Serialization;
using Consistency.Kit;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Shop.Tests;

/// <summary>The README's first program: it works, and whatever is deleted from it is named by an error.</summary>
public sealed class QuickStartTests
{
    [Fact]
    public async Task The_program_ships_the_order_it_placed()
    {
        await using var program = ChildProcess.StartDotnet(Path.Combine(AppContext.BaseDirectory, "QuickStart.dll"));
        await program.WaitForLineAsync(line => line.StartsWith("Shipped Ada's order", StringComparison.Ordinal), TimeSpan.FromSeconds(60));
    }

    /// <summary>Each line, in both environments: in development the host checks every service when it is built.</summary>
    public static TheoryData<Line, string, string?> Lines()
    {
        (Line Deleted, string? Call)[] calls =
        [
            (Line.None, null),
            (Line.AddDbContext, "services.AddDbContext<ShopDb>("),
            (Line.AddConsistencyKit, "services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<ShopDb>()"),
            (Line.UseEntityFrameworkCore, "kit.UseEntityFrameworkCore<ShopDb>()"),
            (Line.UseJson, "kit.UseJson("),
            (Line.JsonSerializable, "[JsonSerializable(typeof(OrderPlaced))]"),
            (Line.AddMessage, "kit.AddMessage<OrderPlaced>("),
            (Line.AddHandler, "kit.AddHandler<OrderPlaced, "),
            (Line.EnsureCreated, "host.Services.EnsureConsistencyKitCreatedAsync<ShopDb>()"),
        ];
        var lines = new TheoryData<Line, string, string?>();
        foreach (var (deleted, call) in calls)
        {
            lines.Add(deleted, Environments.Production, call);
            lines.Add(deleted, Environments.Development, call);
        }

        return lines;
    }

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_deleted_line_is_named_by_the_error(Line deleted, string environment, string? call)
    {
        var file = Path.Combine(Path.GetTempPath(), $"quick-start-{Guid.NewGuid():N}.db");
        try
        {
            var error = await Record.ExceptionAsync(() => RunAsync(deleted, environment, file));

            Assert.Equal(call is null, error is null);
            Assert.Contains(call ?? "", error?.Message ?? "", StringComparison.Ordinal);
        }
        finally
        {
            foreach (var suffix in (string[])["", "-wal", "-shm"])
            {
                File.Delete(file + suffix);
            }
        }
    }

    private static async Task RunAsync(Line deleted, string environment, string file)
    {
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { EnvironmentName = environment });
        builder.Logging.ClearProviders();
        if (deleted != Line.AddDbContext)
        {
            builder.Services.AddDbContext<ShopDb>(options => options.UseSqlite($"Data Source={file};Pooling=False"));
        }

        if (deleted != Line.AddConsistencyKit)
        {
            builder.Services.AddConsistencyKit(kit => Compose(kit, deleted));
        }

        using var host = builder.Build();
        if (deleted != Line.EnsureCreated)
        {
            await host.Services.EnsureConsistencyKitCreatedAsync<ShopDb>();
        }

        await host.StartAsync();
        await using var scope = host.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<ShopDb>();
        var order = new Order { Customer = "Ada" };
        db.Orders.Add(order);
        db.Outbox.Publish(new OrderPlaced(order.Id), key: order.Id.ToString());
        await db.SaveChangesAsync();
        await host.StopAsync();
    }

    private static void Compose(ConsistencyKitBuilder kit, Line deleted)
    {
        if (deleted != Line.UseEntityFrameworkCore)
        {
            kit.UseEntityFrameworkCore<ShopDb>();
        }

        if (deleted != Line.UseJson)
        {
            kit.UseJson(deleted == Line.JsonSerializable ? OtherJson.Default : ShopJson.Default);
        }

        if (deleted != Line.AddMessage)
        {
            kit.AddMessage<OrderPlaced>("order-placed.v1", topic: "orders");
        }

        if (deleted != Line.AddHandler)
        {
            kit.AddHandler<OrderPlaced, ShipOrder>();
        }
    }

    /// <summary>A line of the program.</summary>
    public enum Line
    {
        None,
        AddDbContext,
        AddConsistencyKit,
        UseEntityFrameworkCore,
        UseJson,
        JsonSerializable,
        AddMessage,
        AddHandler,
        EnsureCreated,
    }
}

[JsonSerializable(typeof(string))]
internal sealed partial class OtherJson : JsonSerializerContext;
