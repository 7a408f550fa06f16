namespace Consistency.Kit.Tests.Sagas;

public sealed class MachineTests
{
    /// <summary>Set to a seed that failed to see it again; otherwise each run tries new ones.</summary>
    private static readonly int First = int.TryParse(Environment.GetEnvironmentVariable("CONSISTENCY_SEED"), out var seed) ? seed : Environment.TickCount & 0xFFFFFF;

    [Fact]
    public void Every_saga_ends_as_its_script_says_whenever_processes_die()
    {
        var broken = Enumerable.Range(First, 20_000).Select(seed => SagaSimulation.Run(seed)).FirstOrDefault(result => result is not null);
        Assert.True(broken is null, $"CONSISTENCY_SEED={First}: {broken}");
    }

    [Theory]
    [InlineData(SagaMistake.ForgetsTheDirection)]
    [InlineData(SagaMistake.LosesTheJoin)]
    [InlineData(SagaMistake.IgnoresLateOutcomes)]
    [InlineData(SagaMistake.ForgetsWhatItStarted)]
    public void A_driver_that_makes_a_mistake_is_caught(SagaMistake mistake) =>
        Assert.Contains(Enumerable.Range(1, 5_000), seed => SagaSimulation.Run(seed, mistake) is not null);
}
