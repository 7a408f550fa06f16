namespace Consistency.Kit.Messaging.Internal;

/// <summary>Reads one wire name into the current version of a message.</summary>
internal sealed record MessageReader(string Name, Type ClrType, Func<ReadOnlyMemory<byte>, object> Read);
