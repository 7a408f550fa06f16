namespace Consistency.Kit.Callbacks.Internal;

/// <summary>What a callback speaks of is not there yet.</summary>
internal sealed class CallbackWaitsException(string reason) : Exception(reason);
