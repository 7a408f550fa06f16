using Consistency.Kit.Sagas.Internal;

namespace Consistency.Kit.Sagas;

/// <summary>The steps of a saga, their order and how they are undone.</summary>
public abstract class SagaDefinition
{
    private protected SagaDefinition(SagaPlan plan) => Plan = plan;

    /// <summary>The stable name.</summary>
    public string Name => Plan.Name;

    /// <summary>The version, from 1.</summary>
    public int Version => Plan.Version;

    /// <summary>
    /// Eight hexadecimal digits over name, version, steps, order and zones; not over code and times. A running saga is continued only by a
    /// definition of the same hash.
    /// </summary>
    public string Hash => Plan.Hash;

    /// <summary>The names of its steps and of the signals it waits for, in their order.</summary>
    public IReadOnlyList<string> Steps => [.. Plan.Stages.SelectMany(stage => stage).Select(step => step.Name)];

    internal SagaPlan Plan { get; }

    /// <summary>Reads a saga's definition from its class.</summary>
    /// <exception cref="InvalidOperationException">The description contradicts itself.</exception>
    public static SagaDefinition<TSaga, TInput> Of<TSaga, TInput>()
        where TSaga : class, ISaga<TSaga, TInput>
        where TInput : notnull =>
        TSaga.Define(new SagaStart<TSaga, TInput>()) ?? throw new InvalidOperationException($"{typeof(TSaga).Name}.Define returned null.");

    /// <summary>Draws the saga as a Mermaid flowchart: forward in full lines, back in dotted ones.</summary>
    public string ToMermaid() => SagaPrinter.Mermaid(Plan);

    /// <summary>Prints the saga as a Markdown table, a step a row.</summary>
    public string ToTable() => SagaPrinter.Table(Plan);

    /// <inheritdoc />
    public override string ToString() => $"{Name}/{Version}/{Hash}";
}
