using Microsoft.Extensions.Logging;

namespace Consistency.Kit.States.Internal;

/// <summary>Event ids 1700 to 1799.</summary>
internal static partial class StateLog
{
    [LoggerMessage(1700, LogLevel.Warning, "A move of '{Map}' {Id} from {Current} was refused: {Verdict}, asked for by {Cause}. It is recorded")]
    internal static partial void Illegal(ILogger logger, string map, string id, string current, StateVerdict verdict, string cause);

    [LoggerMessage(1701, LogLevel.Error, "'{System}' says '{Word}' of '{Map}' {Id} ({Cause}), and no vocabulary has the word: nothing was done. Say what it means with map.Vocabulary(…)")]
    internal static partial void UnknownWord(ILogger logger, string map, string id, string system, string word, string cause);
}
