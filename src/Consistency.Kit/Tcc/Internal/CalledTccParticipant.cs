using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>A branch that answers while it is called.</summary>
internal abstract class CalledTccParticipant(string name) : TccParticipant(name)
{
    /// <summary>Makes one call. Whatever goes wrong is an unknown outcome; only the caller's cancellation is thrown.</summary>
    internal abstract Task<RemoteAnswer> CallAsync(RemoteCall call, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);
}
