using Consistency.Kit.States;

namespace Consistency.Kit.Conformance.States;

/// <summary>The states that the suite moves through. There is a circle in it: paid, disputed, paid.</summary>
public static class StateProbe
{
    /// <summary>Whose words the map knows.</summary>
    public const string System = "provider";

    /// <summary>The map that a fixture registers for its probes, with a message for each move.</summary>
    public static StateMap<ProbeState> Map { get; } = StateMap.Define<ProbeState>("probe", map => map
        .Start(ProbeState.Open)
        .Move(ProbeState.Open, ProbeState.Paid, "callback", "query", "operator")
        .Move(ProbeState.Open, ProbeState.Closing, "timeout")
        .Move(ProbeState.Closing, ProbeState.Paid, "query")
        .Move(ProbeState.Closing, ProbeState.Closed, "query")
        .Move(ProbeState.Paid, ProbeState.Shipped)
        .Move(ProbeState.Paid, ProbeState.Disputed, "callback")
        .Move(ProbeState.Disputed, ProbeState.Paid, "callback")
        .Vocabulary(System, words => words
            .Is("SUCCESS", ProbeState.Paid)
            .Is("FINISHED", ProbeState.Paid)
            .Is("CLOSED", ProbeState.Closed)
            .NoNews("USERPAYING")));
}
