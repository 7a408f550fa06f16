using System.Runtime.InteropServices;

namespace Consistency.Kit.MockKafka;

/// <summary>Keeps signals away from the threads that native code starts.</summary>
/// <remarks>
/// The runtime handles SIGCONT, in whichever thread the kernel picks. If that is the mock cluster's thread, its poll
/// ends with EINTR, which it takes as fatal: it closes every socket. New threads inherit the mask of their creator.
/// </remarks>
internal static unsafe partial class SignalMask
{
    private const int SetMask = 2;

    /// <summary>More than any system's sigset_t.</summary>
    private const int SetSize = 1024;

    public static nint Within(Func<nint> start)
    {
        if (!OperatingSystem.IsLinux())
        {
            return start();
        }

        var all = stackalloc byte[SetSize];
        var previous = stackalloc byte[SetSize];
        if (Fill(all) != 0 || Change(SetMask, all, previous) != 0)
        {
            throw new InvalidOperationException("The signal mask could not be set.");
        }

        try
        {
            return start();
        }
        finally
        {
            _ = Change(SetMask, previous, null);
        }
    }

    [LibraryImport("libc", EntryPoint = "sigfillset")]
    private static partial int Fill(byte* set);

    [LibraryImport("libc", EntryPoint = "pthread_sigmask")]
    private static partial int Change(int how, byte* set, byte* previous);
}
