namespace Consistency.Kit.Messaging.Internal;

/// <summary>A registered message type, bound to its JSON metadata.</summary>
internal sealed record MessageType(string Name, string Topic, Type ClrType, Func<object, byte[]> Write, IReadOnlyList<MessageReader> Readers);
