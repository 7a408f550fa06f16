using System.Diagnostics.Metrics;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.States.Internal;

internal static class StateTelemetry
{
    private static readonly Counter<long> Moves = KitDiagnostics.Meter.CreateCounter<long>("consistency.state.moves", "{move}", "Moves that were asked for.");

    internal static void Count<TState>(string map, StateMove<TState> outcome)
        where TState : struct, Enum => Moves.Add(
            1,
            new KeyValuePair<string, object?>("consistency.state.map", map),
            new KeyValuePair<string, object?>("consistency.outcome", outcome switch
            {
                StateMove<TState>.Moved => "moved",
                StateMove<TState>.Repeated => "repeated",
                StateMove<TState>.Illegal => "illegal",
                StateMove<TState>.UnknownWord => "unknown word",
                StateMove<TState>.NoNews => "no news",
                _ => "not found",
            }));
}
