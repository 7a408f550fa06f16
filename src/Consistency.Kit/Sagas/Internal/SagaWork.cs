namespace Consistency.Kit.Sagas.Internal;

/// <summary>How sagas are called in the tables of durable work. Stored.</summary>
internal static class SagaWork
{
    internal static string ScopeOf(string name) => "saga/" + name;

    internal static string SignalOf(string name) => "saga-signal/" + name;

    internal static string TypeOf(SagaDefinition definition) => $"saga/{definition.Name}/{definition.Version}/{definition.Hash}";
}
