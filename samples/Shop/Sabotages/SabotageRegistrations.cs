using Consistency.Kit.Callbacks;
using Consistency.Kit.Idempotency;
using Consistency.Kit.Messaging;
using Consistency.Kit.Payments;
using Consistency.Kit.Work;
using Microsoft.Extensions.DependencyInjection;
using Shop.Chaos;
using Shop.Stocks;

namespace Shop.Sabotages;

/// <summary>Switches a guarantee off, by decorators only.</summary>
internal static class SabotageRegistrations
{
    internal static void Sabotage(this IServiceCollection services, Sabotage sabotage)
    {
        switch (sabotage)
        {
            case Sabotages.Sabotage.Inbox:
                services.Decorate<MessagingStore>((store, _) => With(store, inbox: new ForgetfulInbox(store.Inbox)));
                break;
            case Sabotages.Sabotage.Hold:
                services.Decorate<MessagingStore>((store, _) => With(store, holds: new DroppingHolds(store.InboxHolds)));
                break;
            case Sabotages.Sabotage.Order:
                services.Decorate<ITransport>((transport, provider) => new ShufflingTransport(transport, provider.GetRequiredService<Mischief>()));
                break;
            case Sabotages.Sabotage.Acknowledge:
                services.Decorate<ITransport>((transport, provider) => new CarelessTransport(transport, provider.GetRequiredService<Mischief>()));
                break;
            case Sabotages.Sabotage.Outbox:
                services.AddSingleton<DirectSender>();
                services.AddHostedService(provider => provider.GetRequiredService<DirectSender>());
                services.ConfigureDbContext<ShopDb>((provider, options) => options.AddInterceptors(new OutboxBypass(provider)));
                break;
            case Sabotages.Sabotage.Stock:
                services.AddSingleton<StockCache>();
                services.AddSingleton<IShelf, CachedShelf>();
                break;
            case Sabotages.Sabotage.Idempotency:
                services.Decorate<IdempotencyStore>((store, _) => With(store, new ForgetfulClaims(store.Claims), new ForgetfulKeys(store.Atomic!)));
                break;
            case Sabotages.Sabotage.Signature:
                services.Decorate<ICallbackVerifier>((verifier, _) => new CredulousVerifier(verifier));
                break;
            case Sabotages.Sabotage.Store:
                services.Decorate<WorkStore>((store, provider) => With(store, new CarelessIntake(store.Intake, provider.GetRequiredService<Mischief>())));
                break;
            case Sabotages.Sabotage.Ship:
                // ShopHost puts the middleware in front of the callbacks.
                break;
            case Sabotages.Sabotage.Query:
                services.Decorate<IPaymentProvider>((provider, _) => new UnaskedProvider(provider));
                break;
            case Sabotages.Sabotage.Surplus:
                services.Decorate<IPaymentProvider>((provider, _) => new ForgottenRefunds(provider));
                break;
            case Sabotages.Sabotage.Refund:
                services.Decorate<IPaymentProvider>((provider, _) => new RenumberedRefunds(provider));
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(sabotage));
        }
    }

    private static MessagingStore With(MessagingStore store, IInbox? inbox = null, IInboxHolds? holds = null) => new()
    {
        Key = store.Key,
        Name = store.Name,
        Schema = store.Schema,
        Leases = store.Leases,
        Outbox = store.Outbox,
        Holds = store.Holds,
        Inbox = inbox ?? store.Inbox,
        InboxHolds = holds ?? store.InboxHolds,
        Parked = store.Parked,
    };

    private static IdempotencyStore With(IdempotencyStore store, IIdempotencyClaims claims, IAtomicIdempotency atomic) => new()
    {
        Key = store.Key,
        Name = store.Name,
        Claims = claims,
        Atomic = atomic,
        Fence = store.Fence,
        Expiry = store.Expiry,
        IsShared = store.IsShared,
    };

    private static WorkStore With(WorkStore store, IWorkIntake intake) => new()
    {
        Key = store.Key,
        Name = store.Name,
        Intake = intake,
        Claims = store.Claims,
        Progress = store.Progress,
        Registry = store.Registry,
        Interventions = store.Interventions,
        Reader = store.Reader,
        Signals = store.Signals,
        Expiry = store.Expiry,
        IsDurable = store.IsDurable,
        JoinsTransactions = store.JoinsTransactions,
    };
}
