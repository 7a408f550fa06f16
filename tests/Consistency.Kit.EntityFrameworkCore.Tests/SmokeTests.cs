using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Messaging;
using Consistency.Kit.TestServers;
using Microsoft.EntityFrameworkCore;

namespace Consistency.Kit.EntityFrameworkCore.Tests;

public sealed class SmokeTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.Postgres)]
    [InlineData(Engine.PortableSqlite)]
    [InlineData(Engine.PortablePostgres)]
    public async Task Saved_publications_are_handled_once_and_in_order(Engine engine)
    {
        await using var database = await Database.CreateAsync(engine);
        await using var shop = await Shop.StartAsync(database, kit => kit.AddHandler<OrderPlaced, RecordOrder>().AddHandler<InvoiceWritten, RecordInvoice>());
        var order = new Order();
        for (var number = 0; number < 20; number++)
        {
            await shop.UseAsync(async db =>
            {
                if (number == 0)
                {
                    db.Orders.Add(order);
                    var invoice = new Invoice { Customer = "c", Lines = [new InvoiceLine { Text = "x" }] };
                    db.Invoices.Add(invoice);
                    db.Outbox.Publish(invoice, i => new InvoiceWritten(i.Id, i.Lines[0].Id), i => i.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
                }

                db.Outbox.Publish(new OrderPlaced(order.Id, number), order.Id.ToString());
                await db.SaveChangesAsync();
            });
        }

        await Eventually.UntilAsync(() => shop.UseAsync(async db => await db.Effects.CountAsync() == 21), TimeSpan.FromSeconds(20), "all effects");
        var numbers = await shop.UseAsync(db => db.Effects.Where(e => e.Consumer == "record-order").OrderBy(e => e.Id).Select(e => e.Number).ToListAsync());
        Assert.Equal(Enumerable.Range(0, 20), numbers);
        var written = await shop.UseAsync(db => db.Effects.SingleAsync(e => e.Consumer == "record-invoice"));
        var saved = await shop.UseAsync(db => db.Invoices.Include(i => i.Lines).SingleAsync());
        Assert.Equal(saved.Id, written.Number);
        await Eventually.UntilAsync(() => shop.UseAsync(async db => await db.Database.SqlQueryRaw<long>("SELECT count(*) AS \"Value\" FROM consistency_outbox").SingleAsync() == 0), TimeSpan.FromSeconds(10), "an empty outbox");
    }

    private sealed class RecordOrder(ShopDb db) : IMessageHandler<OrderPlaced>
    {
        public Task HandleAsync(OrderPlaced message, MessageContext context, CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { Consumer = context.Consumer, Key = context.Key, Number = message.Number });
            return Task.CompletedTask;
        }
    }

    private sealed class RecordInvoice(ShopDb db) : IMessageHandler<InvoiceWritten>
    {
        public Task HandleAsync(InvoiceWritten message, MessageContext context, CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { Consumer = context.Consumer, Key = context.Key, Number = (int)message.InvoiceId });
            return Task.CompletedTask;
        }
    }
}
