namespace Consistency.Kit.Sagas.Internal;

/// <summary>How sagas are called in the tables of durable work. Stored.</summary>
internal static class SagaWork
{
    internal const string Prefix = "saga/";

    internal static string ScopeOf(string name) => Prefix + name;

    internal static string SignalOf(string name) => "saga-signal/" + name;

    internal static string TypeOf(SagaDefinition definition) => $"saga/{definition.Name}/{definition.Version}/{definition.Hash}";
}
