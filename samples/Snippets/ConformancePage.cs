using Consistency.Kit.Conformance.Messaging;

namespace Snippets;

public sealed class MyOutboxReaderConformance : OutboxReaderConformance
{
    protected override ValueTask<StoreFixture> CreateAsync() => MyStoreFixture.CreateAsync();
}

internal static class MyStoreFixture
{
    internal static ValueTask<StoreFixture> CreateAsync() => throw new NotSupportedException();
}
