using System.Globalization;

namespace Consistency.Kit.TestServers.Internal;

/// <summary>A private directory whose name carries the process that owns it, so that a later run can clean up after a killed one.</summary>
internal static class TemporaryDirectory
{
    private const string Prefix = "consistency-kit-";

    public static string Create(string kind)
    {
        RemoveThoseOfDeadOwners();
        return Directory.CreateTempSubdirectory(
            string.Create(CultureInfo.InvariantCulture, $"{Prefix}{kind}-{Environment.ProcessId}-")).FullName;
    }

    /// <summary>Deletes what can be deleted; a leftover is removed by a later run.</summary>
    public static void Delete(string directory)
    {
        try
        {
            Directory.Delete(directory, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // Another run is removing it too, or another user owns it.
        }
    }

    private static void RemoveThoseOfDeadOwners()
    {
        foreach (var directory in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            // consistency-kit-{kind}-{owner}-{random}
            var parts = Path.GetFileName(directory)[Prefix.Length..].Split('-');
            if (parts.Length == 3
                && int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var owner)
                && !Signals.Exists(owner))
            {
                Delete(directory);
            }
        }
    }
}
