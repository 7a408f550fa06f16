using Consistency.Kit.Conformance.Stock;
using Consistency.Kit.Stock;

namespace Consistency.Kit.Tests.Stock;

/// <summary>Stores that break one promise each: the exploration has to find them, and to say so briefly.</summary>
public sealed class StockTwinTests
{
    [Fact]
    public async Task A_sound_store_agrees() => Assert.Null(await ExploreAsync(new MemoryStock()));

    [Fact]
    public async Task A_store_that_looks_at_what_is_left_before_it_looks_for_the_order_is_found()
    {
        var sound = new MemoryStock();
        var found = await ExploreAsync(sound, new Twin(sound)
        {
            OnReserve = async request =>
            {
                var few = new List<StockLine>();
                foreach (var line in request.Lines)
                {
                    if (await sound.ReadAsync(new StockItem(request.Order.Sale, line.Sku)) is { } level && level.Available < line.Quantity)
                    {
                        few.Add(new StockLine(line.Sku, level.Available));
                    }
                }

                return few.Count > 0 ? new ReserveOutcome.Insufficient(few) : null;
            },
        });
        AssertBrief(found);
    }

    [Fact]
    public async Task A_store_that_forgets_a_release_without_its_reservation_is_found()
    {
        var sound = new MemoryStock();
        AssertBrief(await ExploreAsync(sound, new Twin(sound) { OnRelease = async order => await sound.FindAsync(order) is null ? StockMove.NotFound : null }));
    }

    [Fact]
    public async Task A_store_that_confirms_what_was_given_back_is_found()
    {
        var sound = new MemoryStock();
        AssertBrief(await ExploreAsync(sound, new Twin(sound) { OnConfirm = async order => (await sound.FindAsync(order))?.State == ReservationState.Expired ? StockMove.Done : null }));
    }

    private static void AssertBrief(string? found)
    {
        Assert.NotNull(found);
        TestContext.Current.TestOutputHelper?.WriteLine(found);

        // Shrunk: opening, putting on sale and the few calls that matter.
        Assert.InRange(found.Split("), ").Length, 1, 6);
    }

    private static Task<string?> ExploreAsync(MemoryStock memory, IStock? stock = null) => StockExploration.FindDisagreementAsync(
        new StockStore { Name = "twin", Stock = stock ?? memory, Sales = memory, Upkeep = memory }, seed: 4711, sequences: 200, length: 30, TestContext.Current.CancellationToken);

    private sealed class Twin(IStock sound) : IStock
    {
        internal Func<ReserveRequest, Task<ReserveOutcome?>> OnReserve { get; init; } = static _ => Task.FromResult<ReserveOutcome?>(null);

        internal Func<StockOrder, Task<StockMove?>> OnConfirm { get; init; } = static _ => Task.FromResult<StockMove?>(null);

        internal Func<StockOrder, Task<StockMove?>> OnRelease { get; init; } = static _ => Task.FromResult<StockMove?>(null);

        public async ValueTask<ReserveOutcome> ReserveAsync(ReserveRequest request, CancellationToken cancellationToken = default) =>
            await OnReserve(request) ?? await sound.ReserveAsync(request, cancellationToken);

        public async ValueTask<StockMove> ConfirmAsync(StockOrder order, CancellationToken cancellationToken = default) =>
            await OnConfirm(order) ?? await sound.ConfirmAsync(order, cancellationToken);

        public async ValueTask<StockMove> ReleaseAsync(StockOrder order, CancellationToken cancellationToken = default) =>
            await OnRelease(order) ?? await sound.ReleaseAsync(order, cancellationToken);

        public ValueTask<StockLevel?> ReadAsync(StockItem item, CancellationToken cancellationToken = default) => sound.ReadAsync(item, cancellationToken);

        public ValueTask<StockReservation?> FindAsync(StockOrder order, CancellationToken cancellationToken = default) => sound.FindAsync(order, cancellationToken);
    }
}
