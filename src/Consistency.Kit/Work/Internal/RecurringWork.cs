namespace Consistency.Kit.Work.Internal;

/// <summary>How work that begins again is told from work that ends.</summary>
internal static class RecurringWork
{
    /// <summary>What the scopes of recurring work begin with.</summary>
    internal const string Prefix = "recurring/";

    /// <summary>A checkpoint that says: do not run this time, arm the next one.</summary>
    internal static ReadOnlySpan<byte> PassOver => "(pass over)"u8;
}
