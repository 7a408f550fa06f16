namespace Consistency.Kit.Tcc.Internal;

/// <summary>One branch, as the coordinator knows it: called directly, or asked by message.</summary>
internal abstract class TccParticipant(string name)
{
    internal string Name => name;

    /// <summary>What is missing in the registrations, one sentence each.</summary>
    internal virtual IEnumerable<string> Check() => [];
}
