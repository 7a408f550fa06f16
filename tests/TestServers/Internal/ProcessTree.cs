using System.Globalization;

namespace Consistency.Kit.TestServers.Internal;

internal static class ProcessTree
{
    /// <summary>The ids of the direct children of a process; empty where /proc does not exist.</summary>
    public static IReadOnlyList<int> ChildrenOf(int parent) =>
        Directory.Exists("/proc/self")
            ? [.. Directory.EnumerateDirectories("/proc")
                .Select(directory => int.TryParse(Path.GetFileName(directory), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0)
                .Where(id => id != 0 && ReadState(id)?.Parent == parent)]
            : [];

    /// <summary>False once the process has ended, also when nobody has waited for it yet.</summary>
    public static bool IsRunning(int id) =>
        Directory.Exists("/proc/self") ? ReadState(id) is { Letter: not ('Z' or 'X') } : Signals.Exists(id);

    private static ProcessState? ReadState(int id)
    {
        try
        {
            // pid (command) state parent …; the command may hold blanks and parentheses.
            var text = File.ReadAllText($"/proc/{id}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            return new ProcessState(fields[0][0], int.Parse(fields[1], CultureInfo.InvariantCulture));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private readonly record struct ProcessState(char Letter, int Parent);
}
