using Consistency.Kit.States.Internal;

namespace Consistency.Kit.States;

/// <summary>Says what the words of one other system mean. Any other word is unknown, and quarantined.</summary>
/// <typeparam name="TState">The canonical states.</typeparam>
public sealed class StateVocabularyBuilder<TState>
    where TState : struct, Enum
{
    internal StateVocabularyBuilder()
    {
    }

    internal Dictionary<string, StateWord<TState>> Words { get; } = new(StringComparer.Ordinal);

    /// <summary>A word that names a state. Several words may name one.</summary>
    /// <param name="word">The word, exactly.</param>
    /// <param name="state">The canonical state.</param>
    /// <exception cref="ArgumentException">The word has a meaning already.</exception>
    public StateVocabularyBuilder<TState> Is(string word, TState state) => Add(word, new StateWord<TState>.Known(state));

    /// <summary>A word that tells nothing new, such as "processing".</summary>
    /// <param name="word">The word, exactly.</param>
    /// <exception cref="ArgumentException">The word has a meaning already.</exception>
    public StateVocabularyBuilder<TState> NoNews(string word) => Add(word, new StateWord<TState>.NoNews());

    private StateVocabularyBuilder<TState> Add(string word, StateWord<TState> meaning) => Words.TryAdd(StateText.Check(word, 100, nameof(word)), meaning)
        ? this
        : throw new ArgumentException($"The word '{word}' has two meanings.", nameof(word));
}
