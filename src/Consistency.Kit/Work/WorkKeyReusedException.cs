namespace Consistency.Kit.Work;

/// <summary>A key that names one piece of work was used for another one. Nothing was added.</summary>
public sealed class WorkKeyReusedException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="scope">The family of work.</param>
    /// <param name="key">The key.</param>
    /// <param name="existing">The work that has it.</param>
    public WorkKeyReusedException(string scope, string key, Guid existing)
        : base($"The key '{key}' of '{scope}' belongs to work {existing}, which was begun with another input. Use a key of its own for each thing to be done, and the same input when repeating one.")
    {
        Scope = scope;
        Key = key;
        Existing = existing;
    }

    /// <summary>The family of work.</summary>
    public string Scope { get; }

    /// <summary>The key.</summary>
    public string Key { get; }

    /// <summary>The work that has it.</summary>
    public Guid Existing { get; }

    /// <summary>False: the same call fails again.</summary>
    public override bool IsTransient => false;
}
