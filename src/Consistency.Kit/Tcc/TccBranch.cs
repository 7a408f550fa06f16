namespace Consistency.Kit.Tcc;

/// <summary>Names a branch that TCCs of this application try, and its types. Keep one in a static field; register it with <c>kit.AddTcc(…)</c>.</summary>
/// <typeparam name="TRequest">What it is asked for; known to the JSON context.</typeparam>
/// <typeparam name="TReply">What a try says; known to the JSON context.</typeparam>
public sealed class TccBranch<TRequest, TReply>
{
    /// <summary>The longest name.</summary>
    public const int MaxLength = 64;

    /// <summary>Names the branch.</summary>
    /// <param name="name">A stable name such as <c>stock</c>, stored with every transaction: lower-case letters, digits and hyphens, at most 64.</param>
    /// <exception cref="ArgumentException">The name has other characters, or too many.</exception>
    public TccBranch(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (name.Length > MaxLength || name.Any(letter => !char.IsAsciiLetterLower(letter) && !char.IsAsciiDigit(letter) && letter != '-'))
        {
            throw new ArgumentException($"A branch's name has lower-case letters, digits and hyphens only, at most {MaxLength}: it is stored and compared as it is.", nameof(name));
        }

        Name = name;
    }

    /// <summary>The stable name.</summary>
    public string Name { get; }

    /// <inheritdoc />
    public override string ToString() => Name;
}
