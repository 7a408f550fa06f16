using Consistency.Kit.Conformance.Payments;
using Consistency.Kit.EntityFrameworkCore.Payments;
using Consistency.Kit.EntityFrameworkCore.Payments.Internal;
using Consistency.Kit.EntityFrameworkCore.States.Internal;
using Consistency.Kit.EntityFrameworkCore.Tests.Support;
using Consistency.Kit.Payments;
using Consistency.Kit.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.EntityFrameworkCore.Tests.Conformance;

/// <summary>A ledger in an empty database that two applications use; no engine runs, so refunds are made when the suite says so.</summary>
internal sealed class EfPaymentsFixture : PaymentsFixture
{
    private readonly Database _database;
    private readonly List<ServiceProvider> _instances = [];

    private EfPaymentsFixture(Database database) => _database = database;

    internal static async ValueTask<PaymentsFixture> CreateAsync(Engine engine)
    {
        var fixture = new EfPaymentsFixture(await Database.CreateAsync(engine));
        for (var instance = 0; instance < 2; instance++)
        {
            fixture._instances.Add(await KitServices.OnAsync(fixture._database, kit =>
            {
                kit.Services.AddLogging().AddSingleton(fixture.Provider);
                kit.AddPayments<ShopDb, ProbedOrders>(payments => payments
                    .Provider(PaymentProbe.Name, services => services.GetRequiredService<PaymentProbe>(), services => services.GetRequiredService<PaymentProbe>())
                    .Provider("another", services => services.GetRequiredService<PaymentProbe>(), services => services.GetRequiredService<PaymentProbe>()));
            }));
        }

        return fixture;
    }

    public override Task ExpectAsync(string order, CancellationToken cancellationToken) => UseAsync(0, async (_, db) =>
    {
        db.ExpectPayment(new ExpectedPayment { OrderNumber = order, Provider = PaymentProbe.Name, Merchant = PaymentProbe.Merchant, Amount = 100, Currency = "CNY" });
        return await db.SaveChangesAsync(cancellationToken);
    });

    public override Task<PaymentSettlement> SettleAsync(int instance, string provider, PaymentNews.Paid paid, StateCause cause, CancellationToken cancellationToken) =>
        UseAsync(instance % 2, (_, db) => db.SettlePaymentAsync(provider, paid, cause, cancellationToken));

    public override Task CloseAsync(int instance, string order, CancellationToken cancellationToken) => UseAsync(instance, async (_, db) =>
    {
        await db.Set<PaymentOrderRow>().TransitionAsync(order, PaymentState.Closing, new StateCause("timeout"), cancellationToken);
        return await new PaymentLedger(db).CloseAsync(order, cancellationToken);
    });

    public override Task<RefundRequested> RefundAsync(int instance, string order, string number, long amount, CancellationToken cancellationToken) =>
        UseAsync(instance, (_, db) => db.RefundPaymentAsync(order, number, amount, "returned", cancellationToken));

    public override Task MakeRefundAsync(string number, CancellationToken cancellationToken) => UseAsync(0, async (services, db) =>
    {
        try
        {
            await new MakeRefundHandler<ShopDb>(db, services.GetRequiredService<PaymentProviders>()).RunAsync(new MakeRefund(number), null!, cancellationToken);
        }
        catch (PaymentMismatchException)
        {
            // Parked, in the engine.
        }

        return true;
    });

    public override Task<PaymentReport> ReconcileAsync(
        int instance, DateOnly day, IAsyncEnumerable<PaymentStatementLine> statement, PaymentReconciliationOptions options, CancellationToken cancellationToken) =>
        UseAsync(instance, (_, db) => db.ReconcilePaymentsAsync(PaymentProbe.Name, day, statement, options, cancellationToken));

    public override Task<PaymentState> ReadAsync(string order, CancellationToken cancellationToken) =>
        UseAsync(1, (_, db) => db.Set<PaymentOrderRow>().Where(row => row.Number == order).Select(row => row.State).SingleAsync(cancellationToken));

    public override Task<int> CountMovesAsync(string order, CancellationToken cancellationToken) =>
        UseAsync(1, (_, db) => db.Set<StateMoveRow>().CountAsync(row => row.ThingId == order, cancellationToken));

    public override Task<IReadOnlyList<string>> ToldAsync(string order, CancellationToken cancellationToken) => UseAsync(
        1, async (_, db) => (IReadOnlyList<string>)await db.Effects.Where(effect => effect.Key == order).OrderBy(effect => effect.Id).Select(effect => effect.Consumer).ToListAsync(cancellationToken));

    public override Task<IReadOnlyList<(string Number, long Amount, RefundStatus Status)>> RefundsAsync(string order, CancellationToken cancellationToken) => UseAsync(1, async (_, db) =>
    {
        var rows = await db.Set<RefundRow>().AsNoTracking().Where(row => row.OrderNumber == order).OrderBy(row => row.Number).ToListAsync(cancellationToken);
        return (IReadOnlyList<(string, long, RefundStatus)>)[.. rows.Select(row => (row.Number, row.Amount, row.Status))];
    });

    public override async ValueTask DisposeAsync()
    {
        foreach (var instance in _instances)
        {
            await instance.DisposeAsync();
        }

        await _database.DisposeAsync();
    }

    private async Task<T> UseAsync<T>(int instance, Func<IServiceProvider, ShopDb, Task<T>> work)
    {
        await using var scope = _instances[instance].CreateAsyncScope();
        return await work(scope.ServiceProvider, scope.ServiceProvider.GetRequiredService<ShopDb>());
    }

    private sealed class ProbedOrders(PaymentProbe probe) : IPaymentHandler<ShopDb>
    {
        public Task PaidAsync(ShopDb db, PaymentNews.Paid paid, CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { Consumer = "paid", Key = paid.OrderNumber });
            probe.OnPaid(paid.OrderNumber);
            return Task.CompletedTask;
        }

        public Task ClosedAsync(ShopDb db, string orderNumber, CancellationToken cancellationToken)
        {
            db.Effects.Add(new Effect { Consumer = "closed", Key = orderNumber });
            return Task.CompletedTask;
        }
    }
}
