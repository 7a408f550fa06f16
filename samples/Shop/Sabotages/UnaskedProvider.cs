using Consistency.Kit.Payments;

namespace Shop.Sabotages;

/// <summary>Is never asked: what its callbacks do not tell, nobody knows.</summary>
internal sealed class UnaskedProvider(IPaymentProvider inner) : ProviderDecorator(inner)
{
    public override Task<IReadOnlyList<PaymentNews>> QueryAsync(string orderNumber, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<PaymentNews>>([new PaymentNews.Pending()]);
}
