namespace Consistency.Kit.Work;

/// <summary>What is said of work that no living process knows.</summary>
public static class UnknownWork
{
    /// <summary>Why such work is parked, and the cure.</summary>
    /// <param name="type">The work's type.</param>
    public static string Reason(string type) =>
        $"No living process knows '{type}': deploy one that does (kit.AddJob<…>(…), or kit.AddSaga<…>(…) with .WithPrevious<…>() for an earlier version) and retry the work, or skip it.";
}
