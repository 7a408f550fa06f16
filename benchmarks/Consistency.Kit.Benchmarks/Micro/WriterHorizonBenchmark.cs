using BenchmarkDotNet.Attributes;
using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;

namespace Consistency.Kit.Benchmarks.Micro;

/// <summary>What one listing of writers costs the relay's loop.</summary>
[MemoryDiagnoser]
public class WriterHorizonBenchmark
{
    private readonly WriterHorizon _horizon = new(WriterVisibility.Listed, TimeSpan.FromSeconds(1));
    private WriterListing[] _listings = [];
    private int _next;

    [Params(0, 32, 500)]
    public int Writers { get; set; }

    [GlobalSetup]
    public void SetUp() =>
        _listings = [.. Enumerable.Range(0, 16).Select(round => new WriterListing(
            round,
            Enumerable.Range(round * Writers / 2, Writers).Select(writer => $"{4000 + writer}:{writer % 50}/{writer}").ToHashSet(StringComparer.Ordinal)))];

    [Benchmark]
    public long Observe()
    {
        var turn = _next++;
        _horizon.Observe(_listings[turn % _listings.Length], TimeSpan.FromMilliseconds(turn));
        return _horizon.Settled;
    }
}
