using System.Text;

namespace Consistency.Kit.Work.Internal;

/// <summary>What rows and histories keep of an exception.</summary>
internal static class WorkErrors
{
    internal const int MaxLength = 2_000;

    internal static string Describe(Exception exception) => Cut($"{exception.GetType().Name}: {exception.Message}")!;

    /// <summary>Text that every database takes, whatever an exception says: no NUL, no half of a surrogate pair, not too long.</summary>
    internal static string? Cut(string? text)
    {
        if (text is null)
        {
            return null;
        }

        var kept = new StringBuilder(Math.Min(text.Length, MaxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (kept.Length + rune.Utf16SequenceLength > MaxLength)
            {
                break;
            }

            kept.Append((rune.Value == 0 ? Rune.ReplacementChar : rune).ToString());
        }

        return kept.ToString();
    }
}
