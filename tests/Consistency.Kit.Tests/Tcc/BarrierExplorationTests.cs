using Consistency.Kit.Conformance.Tcc;
using Consistency.Kit.Tcc;

namespace Consistency.Kit.Tests.Tcc;

/// <summary>All orders in which calls can arrive: what a coordinator sends, doubled, delayed past each other, with deaths between.</summary>
public sealed class BarrierExplorationTests
{
    private const int Length = 6;

    [Fact]
    public void No_order_of_calls_reserves_for_ever_or_takes_effect_twice() => Assert.Null(Explore(BarrierTwin.None, Length));

    [Theory]
    [InlineData(BarrierTwin.ForgetsEmptyCancels)]
    [InlineData(BarrierTwin.LetsLateTriesIn)]
    [InlineData(BarrierTwin.CollectsEarly)]
    public void A_barrier_with_a_known_fault_is_caught(BarrierTwin twin)
    {
        var caught = Explore(twin, Length);
        Assert.NotNull(caught);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Join(' ', caught));
    }

    [Fact]
    public void Two_branches_end_alike_when_their_coordinator_keeps_its_decision()
    {
        foreach (var operation in (BranchOperation[])[BranchOperation.Confirm, BranchOperation.Cancel])
        {
            foreach (var sequence in Interleavings(operation))
            {
                var model = new BarrierModel();
                Array.ForEach(sequence, step => model.Run(step));
                Assert.Equal(100, model.Account.Available + model.Account.Frozen + model.Account.Spent);

                // The coordinator repeats its decision until each branch has answered.
                Assert.All((int[])[0, 1], branch => Assert.Contains(model.Run(new BarrierStep(branch, operation, Dies: false)), (string[])["Done", "Repeated", "Empty"]));
                Assert.Equal(operation == BranchOperation.Confirm ? new BarrierAccount(98, 0, 2) : new BarrierAccount(100, 0, 0), model.Account);
            }
        }
    }

    /// <summary>The first sequence that breaks an invariant; null when none does.</summary>
    private static BarrierStep[]? Explore(BarrierTwin twin, int length)
    {
        var steps = BarrierStep.Of(0).ToArray();
        var sequence = new BarrierStep[length];
        for (var size = 1; size <= length; size++)
        {
            for (var number = 0; number < Math.Pow(steps.Length, size); number++)
            {
                for (int i = 0, rest = number; i < size; i++, rest /= steps.Length)
                {
                    sequence[i] = steps[rest % steps.Length];
                }

                if (Breaks(twin, sequence.AsSpan(0, size)))
                {
                    return sequence[..size];
                }
            }
        }

        return null;
    }

    private static bool Breaks(BarrierTwin twin, ReadOnlySpan<BarrierStep> sequence)
    {
        var model = new BarrierModel(twin);
        var cancelled = false;
        var confirmed = false;
        foreach (var step in sequence)
        {
            var outcome = model.Run(step);
            cancelled |= step.Operation == BranchOperation.Cancel && outcome is "Done" or "Empty" && step.Operation == BranchOperation.Cancel;
            confirmed |= step.Operation == BranchOperation.Confirm && outcome == "Done";
            var (available, frozen, spent) = model.Account;
            if (available + frozen + spent != 100 || frozen is < 0 or > 1 || spent is < 0 or > 1 || frozen + spent > 1
                || (confirmed && cancelled)
                || (cancelled && frozen + spent > 0)
                || (confirmed && frozen > 0))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Tries of two branches, each sent twice, and then the decision's calls, with one copy of a try delayed to any place.</summary>
    private static IEnumerable<BarrierStep[]> Interleavings(BranchOperation decision)
    {
        BarrierStep[] ends = [new(0, decision, true), new(0, decision, false), new(1, decision, false), new(1, decision, true), new(0, decision, false)];
        foreach (var tries in (bool[][])[[true, true], [true, false], [false, true], [false, false]])
        {
            if (decision == BranchOperation.Confirm && tries.Contains(false))
            {
                continue;
            }

            var sent = tries.SelectMany((done, branch) => done ? (BarrierStep[])[new(branch, BranchOperation.Try, true), new(branch, BranchOperation.Try, false)] : []).ToArray();
            for (var first = 0; first <= ends.Length; first++)
            {
                for (var second = 0; second <= ends.Length; second++)
                {
                    List<BarrierStep> all = [.. sent, .. ends];
                    all.Insert(sent.Length + first, new BarrierStep(0, BranchOperation.Try, false));
                    all.Insert(sent.Length + second, new BarrierStep(1, BranchOperation.Try, false));
                    yield return [.. all];
                }
            }
        }
    }
}
