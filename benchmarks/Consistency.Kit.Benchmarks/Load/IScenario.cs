namespace Consistency.Kit.Benchmarks.Load;

/// <summary>One measured situation: sets itself up, warms up, measures and prints, in under five minutes.</summary>
internal interface IScenario
{
    /// <summary>The name on the command line.</summary>
    string Name { get; }

    /// <summary>What it compares, in one line.</summary>
    string Summary { get; }

    Task RunAsync(LoadContext context, CancellationToken cancellationToken);
}
