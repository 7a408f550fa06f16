namespace Consistency.Kit.Scheduling;

/// <summary>Text that every database takes as a key.</summary>
internal static class JobText
{
    private const int MaxLength = 255;

    internal static string? Check(string? text, string name)
    {
        if (text is null)
        {
            return null;
        }

        if (text.Length is 0 or > MaxLength)
        {
            throw new ArgumentException($"{name} has {text.Length} characters; it may have 1 to {MaxLength}. Pass an id or a hash of it.", name);
        }

        if (text.Contains('\0', StringComparison.Ordinal) || HasLoneSurrogate(text))
        {
            throw new ArgumentException($"{name} contains a NUL character or half of a surrogate pair, which databases refuse or change. Pass an id or a hash of it.", name);
        }

        return text;
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsSurrogate(text[i]))
            {
                if (i + 1 == text.Length || !char.IsSurrogatePair(text[i], text[i + 1]))
                {
                    return true;
                }

                i++;
            }
        }

        return false;
    }
}
