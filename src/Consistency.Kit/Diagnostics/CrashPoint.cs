using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Consistency.Kit.Diagnostics;

/// <summary>The places before and after every durable write, announced on a <see cref="DiagnosticListener"/>.</summary>
/// <remarks>
/// A crash test subscribes to the listener <see cref="ListenerName"/> and ends its process at the point it names.
/// Without a subscriber a point costs one comparison.
/// </remarks>
public static class CrashPoint
{
    /// <summary>The name of the listener that announces the points.</summary>
    public const string ListenerName = "Consistency.Kit.CrashPoints";

    private static readonly DiagnosticListener Listener = new(ListenerName);

    /// <summary>Announces that execution stands at the named point.</summary>
    /// <param name="name">The point, for example <c>relay.sent</c>.</param>
    [UnconditionalSuppressMessage("Trimming", "IL2026", Justification = "The payload is always null, so nothing is reflected over.")]
    public static void At(string name)
    {
        if (Listener.IsEnabled() && Listener.IsEnabled(name))
        {
            Listener.Write(name, null);
        }
    }
}
