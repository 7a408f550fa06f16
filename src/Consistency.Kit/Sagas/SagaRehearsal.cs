using System.Text.Json.Serialization;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>Tries a saga out, without host and database. <c>SagaTest</c> of Consistency.Kit.Testing is the comfortable way.</summary>
public sealed class SagaRehearsal<TSaga, TInput>
    where TSaga : class, ISaga<TSaga, TInput>
    where TInput : notnull
{
    private readonly SagaDefinition<TSaga, TInput> _definition;
    private readonly TSaga _saga;
    private readonly ISagaCodec _codec;
    private readonly SagaLimits _limits = new();

    /// <summary>Prepares the saga.</summary>
    /// <param name="saga">The object with the code.</param>
    /// <param name="json">Writes results as the application does; null to hand them on as they are.</param>
    /// <exception cref="InvalidOperationException">The definition contradicts itself, or the context lacks a type; the message names it.</exception>
    public SagaRehearsal(TSaga saga, JsonSerializerContext? json)
    {
        ArgumentNullException.ThrowIfNull(saga);
        _saga = saga;
        _definition = SagaDefinition.Of<TSaga, TInput>();
        _codec = json is null ? new ObjectSagaCodec() : new JsonSagaCodec(new KitJson([json]));
        if (_definition.Verify(_codec).ToList() is { Count: > 0 } problems)
        {
            throw new InvalidOperationException(string.Join(" ", problems));
        }
    }

    /// <summary>Writes a value as results are written.</summary>
    public ReadOnlyMemory<byte> Encode<T>(T value)
        where T : notnull => _codec.Encode(value);

    /// <summary>Makes a driver that goes on from a journal, as one process after the other does.</summary>
    /// <param name="id">What the saga is started under.</param>
    /// <param name="input">What it is started with.</param>
    /// <param name="startedAt">When.</param>
    /// <param name="journal">Keeps its history.</param>
    /// <param name="time">The clock.</param>
    /// <param name="faults">What befalls each attempt.</param>
    public SagaDriver<TSaga, TInput> Drive(string id, TInput input, DateTimeOffset startedAt, ISagaJournal journal, TimeProvider time, Func<SagaCall, SagaFault> faults)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(id);
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(journal);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(faults);
        return new SagaDriver<TSaga, TInput>(
            new SagaCalls<TSaga, TInput>(_definition, new SagaIdentity(_definition.Name, id), input, _ => _saga, _codec, _limits, time) { Faults = faults },
            journal,
            startedAt);
    }
}
