using System.Text.Json.Serialization;
using Consistency.Kit;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

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

    [Theory]
    [InlineData(Line.None, null)]
    [InlineData(Line.AddDbContext, "services.AddDbContext<ShopDb>(")]
    [InlineData(Line.AddConsistencyKit, "services.AddConsistencyKit(kit => kit.UseEntityFrameworkCore<ShopDb>()")]
    [InlineData(Line.UseEntityFrameworkCore, "kit.UseEntityFrameworkCore<ShopDb>()")]
    [InlineData(Line.UseJson, "kit.UseJson(")]
    [InlineData(Line.JsonSerializable, "[JsonSerializable(typeof(OrderPlaced))]")]
    [InlineData(Line.AddMessage, "kit.AddMessage<OrderPlaced>(")]
    [InlineData(Line.AddHandler, "kit.AddHandler<OrderPlaced, ")]
    [InlineData(Line.EnsureCreated, "db.Database.EnsureConsistencyKitCreatedAsync()")]
    public async Task A_deleted_line_is_named_by_the_error(Line deleted, string? call)
    {
        var file = Path.Combine(Path.GetTempPath(), $"quick-start-{Guid.NewGuid():N}.db");
        try
        {
            var error = await Record.ExceptionAsync(() => RunAsync(deleted, file));

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

    private static async Task RunAsync(Line deleted, string file)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
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
