namespace Consistency.Kit.Sagas.Internal;

/// <summary>Names are stored, compared and put into idempotency keys: one narrow alphabet keeps them equal everywhere.</summary>
internal static class SagaNames
{
    private const int MaxLength = 64;

    internal static string Check(string name, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name, parameter);
        if (name.Length > MaxLength)
        {
            throw new ArgumentException($"'{name}' has {name.Length} characters; at most {MaxLength} are stored.", parameter);
        }

        foreach (var letter in name)
        {
            if (!char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-')
            {
                throw new ArgumentException($"'{name}' may have lower-case letters, digits and hyphens only, not '{letter}': it is stored and compared as it is.", parameter);
            }
        }

        return name;
    }
}
