namespace Shop.Chaos;

/// <summary>What the drill counts.</summary>
internal enum Fact
{
    DuplicatesInjected,
    LateDuplicatesInjected,
    BatchesReordered,
    FailuresBefore,
    FailuresAfter,
    DuplicatesDropped,
    CrashPointsHit,
    RequestsRepeated,
    AnswersReplayed,
    AnswersThatDiffer,
    ReservationsLost,
    ReservationsMadeAgain,
    OrdersRefused,
}
