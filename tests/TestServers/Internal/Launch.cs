namespace Consistency.Kit.TestServers.Internal;

/// <summary>A command line that dies with this process and may run as another user.</summary>
internal sealed record Launch(string Program, IReadOnlyList<string> Arguments)
{
    /// <summary>Wraps a command so that the kernel ends it with this process, where the system can do that.</summary>
    /// <param name="program">The executable.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="user">The user to become; null to stay.</param>
    /// <param name="signal">What ends it: a server that cleans up after SIGQUIT is asked that way.</param>
    public static Launch Bound(string program, IReadOnlyList<string> arguments, string? user = null, string signal = "KILL")
    {
        if (OperatingSystem.IsLinux() && Executable.Find("setpriv") is { } setpriv)
        {
            string[] identity = user is null ? [] : ["--reuid", user, "--regid", user, "--init-groups"];
            return new Launch(setpriv, [.. identity, "--pdeathsig", signal, program, .. arguments]);
        }

        return user is not null && Executable.Find("runuser") is { } runuser
            ? new Launch(runuser, ["-u", user, "--", program, .. arguments])
            : new Launch(program, arguments);
    }
}
