using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>A branch of this application that coordinators ask by message.</summary>
/// <param name="Name">The stable name.</param>
/// <param name="Store">The DbContext whose barrier and inbox the calls pass.</param>
/// <param name="RunAsync">Passes a call through the barrier, in the scope's open transaction.</param>
/// <param name="CheckJson">Throws when a type is unknown to the JSON contexts.</param>
internal sealed record AnsweredBranch(
    string Name,
    Type Store,
    Func<IServiceProvider, BarrierEngines, RemoteCall, ReadOnlyMemory<byte>, CancellationToken, Task<RemoteAnswer>> RunAsync,
    Action<KitJson> CheckJson);
