using System.Globalization;

namespace Consistency.Kit.Benchmarks.Load.Measuring;

/// <summary>The CPU time of a PostgreSQL server on this machine, with all its processes, living and ended.</summary>
internal sealed class ServerCpu(int? postmaster)
{
    private const double TicksPerSecond = 100;

    /// <summary>Finds the server through one of its own processes; on another machine, nothing is found and nothing counted.</summary>
    internal static async Task<ServerCpu> OfAsync(Database database)
    {
        var backend = await database.ScalarAsync<int>("SELECT pg_backend_pid()");
        return new ServerCpu(Read(backend) is { } stat && stat.Name == "postgres" ? stat.Parent : null);
    }

    internal TimeSpan Total()
    {
        if (postmaster is not { } parent || Read(parent) is not { } server)
        {
            return TimeSpan.Zero;
        }

        var ticks = server.Own + server.Ended;
        foreach (var directory in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(directory), CultureInfo.InvariantCulture, out var process) && Read(process) is { } child && child.Parent == parent)
            {
                ticks += child.Own;
            }
        }

        return TimeSpan.FromSeconds(ticks / TicksPerSecond);
    }

    private static Stat? Read(int process)
    {
        try
        {
            // "pid (name) state parent …": times are fields 14 to 17, counted from 1.
            var text = File.ReadAllText($"/proc/{process}/stat");
            var end = text.LastIndexOf(')');
            var fields = text[(end + 2)..].Split(' ');
            var times = fields[11..15].Select(field => long.Parse(field, CultureInfo.InvariantCulture)).ToArray();
            return new Stat(text[(text.IndexOf('(', StringComparison.Ordinal) + 1)..end], int.Parse(fields[1], CultureInfo.InvariantCulture), times[0] + times[1], times[2] + times[3]);
        }
        catch (IOException)
        {
            // It ended meanwhile, or is not on this machine.
            return null;
        }
    }

    private sealed record Stat(string Name, int Parent, long Own, long Ended);
}
