using System.Text.Json.Serialization;
using Consistency.Kit.Messaging;

namespace Consistency.Kit.Kafka.Tests.Support;

internal sealed record Note(int Number);

[JsonSerializable(typeof(Note))]
internal sealed partial class NoteJson : JsonSerializerContext;

internal sealed class NoteHandler : IMessageHandler<Note>
{
    public const string Type = "note.v1";

    public Task HandleAsync(Note message, MessageContext context, CancellationToken cancellationToken) => Task.CompletedTask;
}
