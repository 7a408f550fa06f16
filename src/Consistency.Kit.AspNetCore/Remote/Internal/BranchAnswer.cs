using System.Buffers;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Consistency.Kit.AspNetCore.Remote.Internal;

/// <summary>What a coordinator is answered.</summary>
internal static class BranchAnswer
{
    /// <param name="context">A request whose response has not started.</param>
    /// <param name="status">200, 409, 412 or 425.</param>
    /// <param name="word">dtm's word for it; null when it has none.</param>
    /// <param name="outcome">The kit's name for it.</param>
    /// <param name="write">Writes further properties.</param>
    internal static async Task WriteAsync(HttpContext context, int status, string? word, string outcome, Action<Utf8JsonWriter>? write = null)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var json = new Utf8JsonWriter(buffer);
        await using (json.ConfigureAwait(false))
        {
            json.WriteStartObject();
            if (word is not null)
            {
                json.WriteString("dtm_result"u8, word);
            }

            json.WriteString("outcome"u8, outcome);
            write?.Invoke(json);
            json.WriteEndObject();
        }

        context.Response.StatusCode = status;
        context.Response.ContentType = "application/json";
        context.Response.ContentLength = buffer.WrittenCount;
        await context.Response.Body.WriteAsync(buffer.WrittenMemory, context.RequestAborted).ConfigureAwait(false);
    }
}
