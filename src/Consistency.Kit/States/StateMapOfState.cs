using System.Text;

namespace Consistency.Kit.States;

/// <summary>The states of one kind of thing, its legal moves with their causes, and what the words of other systems mean. Immutable.</summary>
/// <typeparam name="TState">The canonical states.</typeparam>
public sealed class StateMap<TState>
    where TState : struct, Enum
{
    private readonly Dictionary<(TState From, TState To), StateRule<TState>> _rules;
    private readonly Dictionary<string, IReadOnlyDictionary<string, StateWord<TState>>> _vocabularies;

    internal StateMap(string name, IReadOnlyList<TState> starts, IReadOnlyList<StateRule<TState>> rules, Dictionary<string, IReadOnlyDictionary<string, StateWord<TState>>> vocabularies)
    {
        Name = name;
        Starts = starts;
        Rules = rules;
        _rules = rules.ToDictionary(rule => (rule.From, rule.To));
        _vocabularies = vocabularies;
    }

    /// <summary>The name that is kept with every move.</summary>
    public string Name { get; }

    /// <summary>Where things may begin.</summary>
    public IReadOnlyList<TState> Starts { get; }

    /// <summary>The legal moves, as they were described.</summary>
    public IReadOnlyList<StateRule<TState>> Rules { get; }

    /// <summary>Judges a move.</summary>
    /// <param name="from">Where the thing stands.</param>
    /// <param name="to">Where it is to go.</param>
    /// <param name="cause">The kind of cause.</param>
    public StateVerdict Judge(TState from, TState to, string cause)
    {
        ArgumentNullException.ThrowIfNull(cause);
        return EqualityComparer<TState>.Default.Equals(from, to) ? StateVerdict.Same
            : !_rules.TryGetValue((from, to), out var rule) ? StateVerdict.NoSuchMove
            : rule.Causes.Count == 0 || rule.Causes.Contains(cause, StringComparer.Ordinal) ? StateVerdict.Legal
            : StateVerdict.WrongCause;
    }

    /// <summary>What a word of another system means. Words are compared exactly.</summary>
    /// <param name="system">The system, as the vocabulary was named.</param>
    /// <param name="word">The word, as it was received.</param>
    /// <exception cref="InvalidOperationException">The map has no vocabulary of the system.</exception>
    public StateWord<TState> Translate(string system, string word)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(word);
        return !_vocabularies.TryGetValue(system, out var words)
            ? throw new InvalidOperationException($"The states of '{Name}' have no vocabulary of '{system}': add map.Vocabulary(\"{system}\", words => …) to the description.")
            : words.TryGetValue(word, out var meaning) ? meaning : new StateWord<TState>.Unknown();
    }

    /// <summary>Who may go where, and caused by what, as a Markdown table. The same for equal maps.</summary>
    public string ToTable()
    {
        var text = new StringBuilder("| From | To | Caused by |\n|---|---|---|\n");
        foreach (var start in Starts)
        {
            text.Append("| | ").Append(start).Append(" | |\n");
        }

        foreach (var rule in Rules)
        {
            text.Append("| ").Append(rule.From).Append(" | ").Append(rule.To).Append(" | ").Append(Causes(rule)).Append(" |\n");
        }

        return text.ToString();
    }

    /// <summary>The moves as a Mermaid state diagram. The same for equal maps.</summary>
    public string ToMermaid()
    {
        var text = new StringBuilder("stateDiagram-v2\n");
        foreach (var start in Starts)
        {
            text.Append("    [*] --> ").Append(start).Append('\n');
        }

        foreach (var rule in Rules)
        {
            text.Append("    ").Append(rule.From).Append(" --> ").Append(rule.To).Append(": ").Append(Causes(rule)).Append('\n');
        }

        foreach (var end in Rules.Select(rule => rule.To).Concat(Starts).Distinct().Where(state => !Rules.Any(rule => rule.From.Equals(state))))
        {
            text.Append("    ").Append(end).Append(" --> [*]\n");
        }

        return text.ToString();
    }

    private static string Causes(StateRule<TState> rule) => rule.Causes.Count == 0 ? "anything" : string.Join(", ", rule.Causes);
}
