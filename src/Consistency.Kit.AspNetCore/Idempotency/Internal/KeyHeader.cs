using Consistency.Kit.Idempotency;
using Microsoft.Extensions.Primitives;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Reads the key from its header: a structured-field String (RFC 9651), or the bare value that most clients send.</summary>
internal static class KeyHeader
{
    internal const string Name = "Idempotency-Key";

    /// <param name="lines">The header's lines, one at least.</param>
    /// <param name="value">The key without quotes and escapes; empty when there is a problem.</param>
    /// <returns>What is wrong, for the client; null when nothing is.</returns>
    internal static string? Read(StringValues lines, out string value)
    {
        value = "";
        if (lines.Count != 1)
        {
            return "The header was sent more than once. Send one key.";
        }

        var text = lines[0] ?? "";
        var trimmed = text.AsSpan().Trim(' ');
        if (trimmed is not ['"', ..])
        {
            return ReadBare(text, trimmed, out value);
        }

        if (!SkipString(trimmed, out var length, out var escaped))
        {
            return "The header begins with a quote but is not a quoted string: characters between quotes must be printable ASCII, and only \\\" and \\\\ may follow a backslash.";
        }

        if (!AreParameters(trimmed[length..]))
        {
            return "Something follows the quoted key. Send one key, not a list.";
        }

        var quoted = trimmed[1..(length - 1)];
        return Take(escaped ? Unescape(quoted) : quoted.ToString(), out value);
    }

    private static string? ReadBare(string text, ReadOnlySpan<char> trimmed, out string value)
    {
        value = "";
        var end = trimmed.IndexOf(';');
        var bare = (end < 0 ? trimmed : trimmed[..end]).TrimEnd(' ');
        if (bare.Contains(','))
        {
            return "The header has a comma. Send one key, not a list.";
        }

        if (bare.ContainsAny('"', '\\', ' '))
        {
            return "A key without quotes may not have spaces, quotes or backslashes. Quote it, or send a UUID.";
        }

        return end >= 0 && !AreParameters(trimmed[end..])
            ? "Something that is no parameter follows the key. Send one key, not a list."
            : Take(bare.Length == text.Length ? text : bare.ToString(), out value);
    }

    private static string? Take(string candidate, out string value)
    {
        var problem = IdempotencyKey.Problem(candidate);
        value = problem is null ? candidate : "";
        return problem;
    }

    /// <param name="text">Begins with a quote.</param>
    /// <param name="length">How many characters the string takes, with both quotes.</param>
    /// <param name="escaped">Whether it has escapes.</param>
    private static bool SkipString(ReadOnlySpan<char> text, out int length, out bool escaped)
    {
        escaped = false;
        for (length = 1; length < text.Length; length++)
        {
            switch (text[length])
            {
                case '"':
                    length++;
                    return true;
                case '\\' when length + 1 < text.Length && text[length + 1] is '"' or '\\':
                    escaped = true;
                    length++;
                    break;
                case '\\' or < ' ' or > '~':
                    return false;
            }
        }

        return false;
    }

    private static string Unescape(ReadOnlySpan<char> quoted)
    {
        var text = new System.Text.StringBuilder(quoted.Length);
        for (var i = 0; i < quoted.Length; i++)
        {
            i += quoted[i] == '\\' ? 1 : 0;
            text.Append(quoted[i]);
        }

        return text.ToString();
    }

    /// <summary>Whether this is nothing, or <c>;name=value</c> any number of times. What the parameters say is ignored.</summary>
    private static bool AreParameters(ReadOnlySpan<char> text)
    {
        text = text.TrimEnd(' ');
        while (!text.IsEmpty)
        {
            if (text[0] != ';')
            {
                return false;
            }

            text = text[1..].TrimStart(' ');
            var name = LengthOf(text, static letter => char.IsAsciiLetterLower(letter) || char.IsAsciiDigit(letter) || letter is '_' or '-' or '.' or '*');
            if (name == 0 || !(char.IsAsciiLetterLower(text[0]) || text[0] == '*'))
            {
                return false;
            }

            text = text[name..];
            if (text is not ['=', ..])
            {
                continue;
            }

            text = text[1..];
            var value = text is ['"', ..]
                ? SkipString(text, out var length, out _) ? length : 0
                : LengthOf(text, static letter => letter is > ' ' and <= '~' and not (';' or ',' or '"' or '\\'));
            if (value == 0)
            {
                return false;
            }

            text = text[value..];
        }

        return true;
    }

    private static int LengthOf(ReadOnlySpan<char> text, Func<char, bool> belongs)
    {
        var length = 0;
        while (length < text.Length && belongs(text[length]))
        {
            length++;
        }

        return length;
    }
}
