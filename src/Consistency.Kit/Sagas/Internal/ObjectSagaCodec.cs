namespace Consistency.Kit.Sagas.Internal;

/// <summary>Hands objects on as they are, for a saga that is only tried out and never stored.</summary>
internal sealed class ObjectSagaCodec : ISagaCodec
{
    private readonly List<object> _objects = [];

    public ReadOnlyMemory<byte> Encode<T>(T value)
        where T : notnull
    {
        lock (_objects)
        {
            _objects.Add(value);
            return BitConverter.GetBytes(_objects.Count - 1);
        }
    }

    public T Decode<T>(ReadOnlyMemory<byte> bytes)
        where T : notnull
    {
        lock (_objects)
        {
            return (T)_objects[BitConverter.ToInt32(bytes.Span)];
        }
    }

    public void Require<T>()
        where T : notnull
    {
    }
}
