using System.Globalization;

namespace Consistency.Kit.TestServers.Internal;

/// <summary>An installed PostgreSQL and the user it runs as.</summary>
internal sealed record PostgresBinaries(string Directory)
{
    private const string DebianDirectory = "/usr/lib/postgresql";
    private const string PostgresUser = "postgres";

    /// <summary>PostgreSQL refuses to run as root.</summary>
    public static string? User => Environment.IsPrivilegedProcess && !OperatingSystem.IsWindows() ? PostgresUser : null;

    public static string? MissingUser => User is not null && !HasPostgresUser()
        ? "PostgreSQL refuses to run as root and there is no user \"postgres\" to run it as."
        : null;

    /// <summary>The newest version in Debian's directories, else the one on the path.</summary>
    public static PostgresBinaries? Find()
    {
        var debian = System.IO.Directory.Exists(DebianDirectory) ? System.IO.Directory.GetDirectories(DebianDirectory) : [];
        var directory = debian
            .OrderByDescending(version => double.TryParse(Path.GetFileName(version), CultureInfo.InvariantCulture, out var number) ? number : 0)
            .Select(version => Path.Combine(version, "bin"))
            .Append(Path.GetDirectoryName(Executable.Find("initdb")))
            .FirstOrDefault(bin => File.Exists(Path.Combine(bin ?? "", "initdb")) && File.Exists(Path.Combine(bin ?? "", "postgres")));
        return directory is null ? null : new PostgresBinaries(directory);
    }

    /// <summary>The path of the server program.</summary>
    public string Postgres => Path.Combine(Directory, "postgres");

    public bool HasLibrary(string name)
    {
        string[] places =
        [
            Path.Combine(Directory, "../lib", name + ".so"),
            Path.Combine(Directory, "../lib/postgresql", name + ".so"),
            Path.Combine(Directory, "../lib64/pgsql", name + ".so"),
        ];
        return places.Any(File.Exists);
    }

    /// <summary>Creates an empty cluster: <c>data</c> and <c>run</c> in a new private directory, which is returned.</summary>
    public async Task<string> InitializeAsync(CancellationToken cancellationToken)
    {
        var directory = TemporaryDirectory.Create("postgres");
        try
        {
            System.IO.Directory.CreateDirectory(Path.Combine(directory, "run"));
            if (User is { } user)
            {
                await RunAsync(new Launch("chown", ["-R", user + ":", directory]), cancellationToken).ConfigureAwait(false);
            }

            // No sync: the files need to survive the server, not the machine.
            await RunAsync(
                Launch.Bound(
                    Path.Combine(Directory, "initdb"),
                    [
                        "--pgdata", Path.Combine(directory, "data"), "--no-sync", "--auth", "trust", "--username", "postgres",
                        "--encoding", "UTF8", OperatingSystem.IsLinux() ? "--locale=C.UTF-8" : "--no-locale",
                    ],
                    User),
                cancellationToken).ConfigureAwait(false);
            return directory;
        }
        catch
        {
            TemporaryDirectory.Delete(directory);
            throw;
        }
    }

    private static async Task RunAsync(Launch launch, CancellationToken cancellationToken)
    {
        var process = ChildProcess.Start(launch, launch.Program);
        await using (process.ConfigureAwait(false))
        {
            process.CloseInput();
            if (await process.WaitForExitAsync(cancellationToken).ConfigureAwait(false) != 0)
            {
                throw new InvalidOperationException(
                    $"{launch.Program} {string.Join(' ', launch.Arguments)} failed: {string.Join('\n', process.ErrorLines)}");
            }
        }
    }

    private static bool HasPostgresUser() =>
        File.Exists("/etc/passwd")
        && File.ReadLines("/etc/passwd").Any(line => line.StartsWith(PostgresUser + ":", StringComparison.Ordinal));
}
