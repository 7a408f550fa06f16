using Consistency.Kit.Remote;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>One branch, as the coordinator calls it.</summary>
internal abstract class TccParticipant(string name)
{
    internal string Name => name;

    /// <summary>Makes one call. Whatever goes wrong is an unknown outcome; only the caller's cancellation is thrown.</summary>
    internal abstract Task<RemoteAnswer> CallAsync(RemoteCall call, ReadOnlyMemory<byte> request, CancellationToken cancellationToken);

    /// <summary>What is missing in the registrations, one sentence each.</summary>
    internal virtual IEnumerable<string> Check() => [];
}
