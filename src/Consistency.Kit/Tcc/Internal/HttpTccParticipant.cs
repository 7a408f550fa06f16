using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>A branch of another service.</summary>
internal sealed class HttpTccParticipant(string name, HttpParticipant participant) : CalledTccParticipant(name)
{
    internal override Task<RemoteAnswer> CallAsync(RemoteCall call, ReadOnlyMemory<byte> request, CancellationToken cancellationToken) =>
        participant.CallAsync(call, request, cancellationToken);
}
