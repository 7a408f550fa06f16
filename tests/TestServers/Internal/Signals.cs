using System.Runtime.InteropServices;

namespace Consistency.Kit.TestServers.Internal;

internal static partial class Signals
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Kill = 9;
    private static readonly bool IsMac = OperatingSystem.IsMacOS();

    public static int Stop => IsMac ? 17 : 19;

    public static int Continue => IsMac ? 19 : 18;

    /// <summary>Sends a signal; a process that is already gone is not an error.</summary>
    public static void Send(int processId, int signal)
    {
        const int noSuchProcess = 3;
        if (SendSignal(processId, signal) != 0 && Marshal.GetLastPInvokeError() is var error && error != noSuchProcess)
        {
            throw new InvalidOperationException($"kill({processId}, {signal}) failed with errno {error}.");
        }
    }

    /// <summary>True while a process of that id exists, also when it has not been waited for.</summary>
    public static bool Exists(int processId)
    {
        const int notPermitted = 1;
        return SendSignal(processId, 0) == 0 || Marshal.GetLastPInvokeError() == notPermitted;
    }

    /// <summary>True once every thread of the process stands still: a stop signal takes effect a moment after it was sent.</summary>
    public static bool IsStopped(int processId)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        // The state follows the name, which is in parentheses and may itself contain some.
        return Directory.GetDirectories($"/proc/{processId}/task")
            .Select(thread => File.ReadAllText(Path.Combine(thread, "stat")))
            .All(stat => stat[stat.LastIndexOf(')')..].StartsWith(") T", StringComparison.Ordinal));
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int SendSignal(int processId, int signal);
}
