using System.Buffers.Binary;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>An answer as it is stored.</summary>
/// <remarks>
/// Version (1 byte), flags (1), status (2, little endian), number of headers (1); of each header the place in
/// <see cref="KnownHeaders.Default"/> (1), or 0 with the name's length (1) and letters, then the number of values (1) and each value's
/// length (2) and UTF-8 bytes; the rest is the body. A reader refuses versions and flags that it does not know.
/// </remarks>
internal static class AnswerCodec
{
    private const byte Version = 1;
    private const byte OmittedFlag = 1;
    private const int PrefixSize = 5;

    /// <param name="status">The answer's status.</param>
    /// <param name="headers">Its headers; those of <paramref name="stored"/> are taken.</param>
    /// <param name="stored">The names to store.</param>
    /// <param name="body">Its body.</param>
    /// <param name="omitted">Whether the body is too large to be stored.</param>
    internal static byte[] Encode(int status, IHeaderDictionary headers, HeaderName[] stored, ReadOnlySpan<byte> body, bool omitted)
    {
        var size = PrefixSize + (omitted ? 0 : body.Length);
        foreach (var name in stored)
        {
            if (headers.TryGetValue(name.Text, out var values) && values.Count > 0)
            {
                size += SizeOf(name, values);
            }
        }

        var answer = GC.AllocateUninitializedArray<byte>(size);
        answer[0] = Version;
        answer[1] = omitted ? OmittedFlag : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(answer.AsSpan(2), (ushort)status);
        var end = PrefixSize;
        byte count = 0;
        foreach (var name in stored)
        {
            if (headers.TryGetValue(name.Text, out var values) && values.Count > 0)
            {
                end += Write(answer.AsSpan(end), name, values);
                count++;
            }
        }

        answer[4] = count;
        if (!omitted)
        {
            body.CopyTo(answer.AsSpan(end));
        }

        return answer;
    }

    /// <summary>Gives the response the stored status and headers.</summary>
    /// <returns>The body, and whether it was omitted.</returns>
    /// <exception cref="InvalidDataException">The bytes are of a later version, or damaged.</exception>
    internal static (ReadOnlyMemory<byte> Body, bool Omitted) Restore(ReadOnlyMemory<byte> answer, HttpResponse response)
    {
        var bytes = answer.Span;
        if (bytes.Length < PrefixSize || bytes[0] != Version || bytes[1] > OmittedFlag)
        {
            throw new InvalidDataException("The stored answer was written by a later version of this package, or is damaged.");
        }

        try
        {
            response.StatusCode = BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);
            var end = PrefixSize;
            for (var i = 0; i < bytes[4]; i++)
            {
                end += Read(bytes[end..], response.Headers);
            }

            return (answer[end..], bytes[1] == OmittedFlag);
        }
        catch (Exception exception) when (exception is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            throw new InvalidDataException("The stored answer is damaged.", exception);
        }
    }

    private static int SizeOf(HeaderName name, StringValues values)
    {
        if (values.Count > byte.MaxValue)
        {
            throw new InvalidOperationException($"The answer has {values.Count} lines of {name.Text}; the limit is {byte.MaxValue}.");
        }

        var size = 2 + (name.Id == 0 ? 1 + name.Text.Length : 0);
        foreach (var value in values)
        {
            var length = Encoding.UTF8.GetByteCount(value ?? "");
            size += length <= ushort.MaxValue
                ? 2 + length
                : throw new InvalidOperationException($"The answer's header {name.Text} has {length} bytes; the limit is {ushort.MaxValue}.");
        }

        return size;
    }

    private static int Write(Span<byte> target, HeaderName name, StringValues values)
    {
        var end = 0;
        target[end++] = name.Id;
        if (name.Id == 0)
        {
            target[end++] = (byte)name.Text.Length;
            end += Encoding.ASCII.GetBytes(name.Text, target[end..]);
        }

        target[end++] = (byte)values.Count;
        foreach (var value in values)
        {
            var length = Encoding.UTF8.GetBytes(value ?? "", target[(end + 2)..]);
            BinaryPrimitives.WriteUInt16LittleEndian(target[end..], (ushort)length);
            end += 2 + length;
        }

        return end;
    }

    private static int Read(ReadOnlySpan<byte> source, IHeaderDictionary headers)
    {
        var end = 1;
        string name;
        if (source[0] == 0)
        {
            name = Encoding.ASCII.GetString(source.Slice(2, source[1]));
            end += 1 + source[1];
        }
        else
        {
            name = KnownHeaders.Default[source[0] - 1];
        }

        var values = new string[source[end++]];
        for (var i = 0; i < values.Length; i++)
        {
            var length = BinaryPrimitives.ReadUInt16LittleEndian(source[end..]);
            values[i] = Encoding.UTF8.GetString(source.Slice(end + 2, length));
            end += 2 + length;
        }

        headers[name] = values.Length == 1 ? new StringValues(values[0]) : new StringValues(values);
        return end;
    }
}
