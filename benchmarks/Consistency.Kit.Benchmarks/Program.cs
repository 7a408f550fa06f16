using BenchmarkDotNet.Running;
using Consistency.Kit.Benchmarks.Load;

switch (args)
{
    case ["micro", .. var rest]:
        BenchmarkSwitcher.FromAssembly(typeof(IScenario).Assembly).Run(rest);
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
