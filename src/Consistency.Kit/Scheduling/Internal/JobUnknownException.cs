namespace Consistency.Kit.Scheduling.Internal;

/// <summary>A handler said that it does not know.</summary>
internal sealed class JobUnknownException(string reason) : Exception(reason);
