using System.Security.Cryptography;
using System.Text;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>The shape of a saga: stages one after the other, the steps of a stage side by side.</summary>
internal sealed class SagaPlan
{
    internal SagaPlan(string name, int version, Recovery recovery, TimeSpan? timeout, IReadOnlyList<IReadOnlyList<PlannedStep>> stages)
    {
        Name = name;
        Version = version;
        Recovery = recovery;
        Timeout = timeout;
        Stages = stages;
        Hash = HashOf(name, version, stages);
    }

    internal string Name { get; }

    internal int Version { get; }

    internal Recovery Recovery { get; }

    internal TimeSpan? Timeout { get; }

    internal IReadOnlyList<IReadOnlyList<PlannedStep>> Stages { get; }

    /// <summary>Of everything that a running saga relies on: name, version, steps, order, zones, and whether a barrier knows a step. Not of delegates and times.</summary>
    internal string Hash { get; }

    private static string HashOf(string name, int version, IReadOnlyList<IReadOnlyList<PlannedStep>> stages)
    {
        var text = new StringBuilder().Append(name).Append('/').Append(version);
        foreach (var stage in stages)
        {
            // Side by side means that the order in which the branches are written says nothing.
            text.Append('\n').AppendJoin('|', stage
                .Select(step => $"{step.Zone}:{(step.IsWait ? "wait:" : step.Database is null ? "" : "in:")}{step.Name}")
                .Order(StringComparer.Ordinal));
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())).AsSpan(0, 4));
    }
}
