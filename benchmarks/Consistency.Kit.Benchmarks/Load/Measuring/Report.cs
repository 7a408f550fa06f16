using System.Globalization;

namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>Prints <c>name=value</c> lines.</summary>
internal static class Report
{
    internal static void Ratio(string name, double median, double min, double max)
    {
        Line(name, median, "F3");
        Line(name + "_min", min, "F3");
        Line(name + "_max", max, "F3");
    }

    /// <summary>A quantity; its unit is in the name.</summary>
    internal static void Value(string name, double value) => Line(name, value, Math.Abs(value) < 100 ? "0.##" : "F0");

    private static void Line(string name, double value, string format) =>
        Console.WriteLine($"{name}={value.ToString(format, CultureInfo.InvariantCulture)}");
}
