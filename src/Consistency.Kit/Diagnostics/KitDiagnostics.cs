using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Consistency.Kit.Diagnostics;

/// <summary>The names under which the kit's traces and metrics appear.</summary>
public static class KitDiagnostics
{
    /// <summary>The name of the activity source and of the meter.</summary>
    public const string Name = "Consistency.Kit";

    internal static readonly ActivitySource Source = new(Name);

    internal static readonly Meter Meter = new(Name);
}
