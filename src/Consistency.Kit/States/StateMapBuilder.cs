using Consistency.Kit.States.Internal;

namespace Consistency.Kit.States;

/// <summary>Describes a map of states.</summary>
/// <typeparam name="TState">The canonical states.</typeparam>
public sealed class StateMapBuilder<TState>
    where TState : struct, Enum
{
    private readonly string _name;
    private readonly List<TState> _starts = [];
    private readonly List<StateRule<TState>> _rules = [];
    private readonly Dictionary<string, IReadOnlyDictionary<string, StateWord<TState>>> _vocabularies = new(StringComparer.Ordinal);

    internal StateMapBuilder(string name) => _name = StateText.Check(name, 100, nameof(name));

    /// <summary>Names a state in which things begin.</summary>
    /// <param name="state">The state.</param>
    /// <exception cref="ArgumentException">It has no name, or is named already.</exception>
    public StateMapBuilder<TState> Start(TState state)
    {
        Known(state);
        if (_starts.Contains(state))
        {
            throw new ArgumentException($"The states of '{_name}' begin with {state} twice.", nameof(state));
        }

        _starts.Add(state);
        return this;
    }

    /// <summary>Allows a move.</summary>
    /// <param name="from">Where it begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="causes">The kinds of causes that may make it; none for any.</param>
    /// <exception cref="ArgumentException">A state has no name, the move leads nowhere, or it is described already.</exception>
    public StateMapBuilder<TState> Move(TState from, TState to, params string[] causes)
    {
        ArgumentNullException.ThrowIfNull(causes);
        Known(from);
        Known(to);
        if (from.Equals(to) || _rules.Exists(rule => rule.From.Equals(from) && rule.To.Equals(to)))
        {
            throw new ArgumentException($"The move {from} → {to} of '{_name}' {(from.Equals(to) ? "leads nowhere: a repeat needs no rule" : "is described twice: name all its causes at once")}.", nameof(to));
        }

        _rules.Add(new StateRule<TState>(from, to, [.. causes.Select(cause => StateText.Check(cause, StateCause.MaxKindLength, nameof(causes)))]));
        return this;
    }

    /// <summary>Says what the words of another system mean.</summary>
    /// <param name="system">The system, for example <c>wechat</c>.</param>
    /// <param name="words">Its words.</param>
    /// <exception cref="ArgumentException">The system has a vocabulary already.</exception>
    public StateMapBuilder<TState> Vocabulary(string system, Action<StateVocabularyBuilder<TState>> words)
    {
        ArgumentNullException.ThrowIfNull(words);
        var builder = new StateVocabularyBuilder<TState>();
        words(builder);
        if (!_vocabularies.TryAdd(StateText.Check(system, 100, nameof(system)), builder.Words))
        {
            throw new ArgumentException($"The states of '{_name}' have two vocabularies of '{system}'.", nameof(system));
        }

        return this;
    }

    internal StateMap<TState> Build()
    {
        if (_starts.Count == 0)
        {
            throw new InvalidOperationException($"The states of '{_name}' begin nowhere: add map.Start(…).");
        }

        var reached = new HashSet<TState>(_starts);
        while (_rules.Exists(rule => reached.Contains(rule.From) && reached.Add(rule.To)))
        {
        }

        var lost = Enum.GetValues<TState>().Where(state => !reached.Contains(state)).ToList();
        return lost.Count == 0
            ? new StateMap<TState>(_name, [.. _starts], [.. _rules], _vocabularies)
            : throw new InvalidOperationException($"Nothing leads to {string.Join(", ", lost)} of '{_name}': add map.Move(…, {lost[0]}) or map.Start({lost[0]}).");
    }

    private static void Known(TState state)
    {
        if (!Enum.IsDefined(state))
        {
            throw new ArgumentException($"{state} is no named value of {typeof(TState).Name}.", nameof(state));
        }
    }
}
