namespace Consistency.Kit.Work;

/// <summary>What becomes of new work whose key is taken.</summary>
public enum WorkDuplicate
{
    /// <summary>It is dropped; the work that has the key counts for both.</summary>
    UseExisting = 0,

    /// <summary>As <see cref="UseExisting"/> when both have the same input; otherwise adding it fails with <see cref="WorkKeyReusedException"/>.</summary>
    RequireSameInput = 1,
}
