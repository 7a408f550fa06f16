using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Text.RegularExpressions;
using Consistency.Kit.Architecture.Tests.Support;
using Consistency.Kit.Diagnostics;

namespace Consistency.Kit.Architecture.Tests;

/// <summary>Dashboards and alerts are written against these names.</summary>
public sealed partial class TelemetryTests
{
    [Fact]
    public void The_names_are_what_was_approved()
    {
        var lines = new List<string>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, _) =>
        {
            if (instrument.Meter.Name.StartsWith(Packages.Core, StringComparison.Ordinal))
            {
                lines.Add($"instrument {instrument.Meter.Name} {instrument.GetType().Name.Split('`')[0]} {instrument.Name} {instrument.Unit}: {instrument.Description}");
            }
        };
        using var activities = new ActivityListener
        {
            ShouldListenTo = source =>
            {
                if (source.Name.StartsWith(Packages.Core, StringComparison.Ordinal))
                {
                    lines.Add("activity source " + source.Name);
                }

                return false;
            },
        };
        listener.Start();
        ActivitySource.AddActivityListener(activities);
        foreach (var type in Packages.All.SelectMany(Packages.Types).Where(type => !type.ContainsGenericParameters && type.TypeInitializer is not null))
        {
            System.Runtime.CompilerServices.RuntimeHelpers.RunClassConstructor(type.TypeHandle);
        }

        Assert.Equal("Consistency.Kit", KitDiagnostics.Name);
        lines.AddRange(Packages.All.SelectMany(Packages.Sources).SelectMany(source => Tag().Matches(source.Text)).Select(match => "tag " + match.Groups["name"].Value));
        Approval.Verify("tests/Consistency.Kit.Architecture.Tests/Telemetry/Names.approved.txt", string.Join('\n', lines.Distinct().Order(StringComparer.Ordinal)));
    }

    [GeneratedRegex("""(?:SetTag\(|AddTag\(|KeyValuePair<string, object\?>\()"(?<name>[^"]+)""")]
    private static partial Regex Tag();
}
