using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Consistency.Kit.Benchmarks.Load;

switch (args)
{
    case ["micro", var name, .. var rest] when !name.StartsWith('-'):
        return Micro(["--filter", $"*{name}*", .. rest]);
    case ["micro", .. var rest]:
        return Micro(rest);
    case ["load", .. var rest]:
        return await LoadCommand.RunAsync(rest);
    default:
        Console.Error.WriteLine("""
            micro NAME                              the micro benchmarks with NAME in their names; also with BenchmarkDotNet's own options: micro --filter '*'
            load list                               the scenarios
            load NAME [options]                     one measured scenario against real servers
            """);
        return 2;
}

static int Micro(string[] options)
{
    // In this process: a project that BenchmarkDotNet writes and builds by itself does not know the house rules for packages.
    var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
    BenchmarkSwitcher.FromAssembly(typeof(IScenario).Assembly).Run(options, DefaultConfig.Instance.AddJob(job));
    return 0;
}
