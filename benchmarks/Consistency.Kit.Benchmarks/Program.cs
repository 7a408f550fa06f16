using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Consistency.Kit.Benchmarks.Load;

switch (args)
{
    case ["micro", .. var rest]:
        // In this process: a project that BenchmarkDotNet writes and builds by itself does not know the house rules for packages.
        var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance);
        BenchmarkSwitcher.FromAssembly(typeof(IScenario).Assembly).Run(rest, DefaultConfig.Instance.AddJob(job));
        return 0;
    case ["load", .. var rest]:
        return await LoadCommand.RunAsync(rest);
    default:
        Console.Error.WriteLine("""
            micro [BenchmarkDotNet's own options]   micro benchmarks, for example: micro --filter '*'
            load list                               the scenarios
            load NAME [options]                     one measured scenario against real servers
            """);
        return 2;
}
