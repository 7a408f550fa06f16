namespace Consistency.Kit.Sagas.Internal;

/// <summary>Writes inputs, results and signals for the store.</summary>
internal interface ISagaCodec
{
    ReadOnlyMemory<byte> Encode<T>(T value)
        where T : notnull;

    /// <summary>Throws when the type cannot be written.</summary>
    void Require<T>()
        where T : notnull;

    T Decode<T>(ReadOnlyMemory<byte> bytes)
        where T : notnull;
}
