namespace Consistency.Kit.TestServers.Internal;

/// <summary>A server ended while starting, because its port was taken.</summary>
internal sealed class PortTakenException(string message) : Exception(message);
