using System.Reflection;
using Consistency.Kit.Sagas;

namespace Consistency.Kit.Tests.Sagas;

public sealed class DefinitionTests
{
    private static readonly SagaDefinition<CheckoutSaga, Checkout> Definition = SagaDefinition.Of<CheckoutSaga, Checkout>();

    [Fact]
    public void A_step_before_the_pivot_cannot_be_written_without_its_undo()
    {
        var steps = new[] { typeof(SagaBuilder<,>), typeof(ParallelSteps<,>) }.SelectMany(Methods).Where(method => method.Name == "Step").ToList();
        Assert.Equal(4, steps.Count);
        Assert.All(steps, method => Assert.Contains(method.GetParameters(), parameter => parameter is { Name: "undo", HasDefaultValue: false }));
    }

    [Fact]
    public void Behind_the_pivot_nothing_can_be_written_that_is_refused_or_undone()
    {
        var methods = new[] { typeof(SagaTailBuilder<,>), typeof(ParallelRetriables<,>) }.SelectMany(Methods).ToList();
        Assert.DoesNotContain(methods, method => method.Name is "Step" or "Pivot");
        Assert.All(methods.Where(method => method.Name == "Parallel"), method => Assert.Contains("ParallelRetriables", method.GetParameters()[0].ParameterType.ToString(), StringComparison.Ordinal));
        Assert.All(methods.Where(method => method.Name == "Retriable"), method => Assert.DoesNotContain("StepOutcome", method.GetParameters()[1].ParameterType.ToString(), StringComparison.Ordinal));
    }

    [Fact]
    public void A_pivot_leads_behind_itself() =>
        Assert.All(Methods(typeof(SagaBuilder<,>)).Where(method => method.Name == "Pivot"), method => Assert.Equal(typeof(SagaTailBuilder<,>), method.ReturnType.GetGenericTypeDefinition()));

    [Fact]
    public void The_hash_is_of_names_order_and_zones()
    {
        var same = Shape("checkout", 1, Steps("a", "b"));
        Assert.Equal(same, Shape("checkout", 1, Steps("a", "b")));
        Assert.Equal(same, Shape("checkout", 1, saga => saga.Step(new StepKey("a"), Run, Undo, o => o.Timeout = TimeSpan.FromSeconds(3)).Step(new StepKey("b"), Run, Undo, o => o.Retry = new() { MaxAttempts = 3 }).Build()));
        string[] others =
        [
            Shape("purchase", 1, Steps("a", "b")),
            Shape("checkout", 2, Steps("a", "b")),
            Shape("checkout", 1, Steps("b", "a")),
            Shape("checkout", 1, Steps("a", "c")),
            Shape("checkout", 1, saga => saga.Parallel(p => p.Step(new StepKey("a"), Run, Undo).Step(new StepKey("b"), Run, Undo)).Build()),
            Shape("checkout", 1, saga => saga.Step(new StepKey("a"), Run, Undo).Pivot(new StepKey("b"), Run).Build()),
            Shape("checkout", 1, saga => saga.Step(new StepKey("a"), Run, Undo).Retriable(new StepKey("b"), _ => (_, _) => Task.CompletedTask).Build()),
            Shape("checkout", 1, saga => saga.Step(new StepKey("a"), Run, Undo).WaitFor(new SignalKey<string>("b"), TimeSpan.FromHours(1)).Build()),
        ];
        Assert.Equal(others.Length + 1, others.Append(same).Distinct().Count());
    }

    [Fact]
    public void Branches_that_run_side_by_side_have_no_order() => Assert.Equal(
        Shape("checkout", 1, saga => saga.Parallel(p => p.Step(new StepKey("a"), Run, Undo).Step(new StepKey("b"), Run, Undo)).Build()),
        Shape("checkout", 1, saga => saga.Parallel(p => p.Step(new StepKey("b"), Run, Undo).Step(new StepKey("a"), Run, Undo)).Build()));

    [Fact]
    public void The_hash_of_a_known_saga_never_changes() => Assert.Equal("checkout/1/ed7a3c3a", Definition.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("Reserve")]
    [InlineData("reserve stock")]
    [InlineData("a/b")]
    [InlineData("ä")]
    public void A_name_that_could_be_read_in_two_ways_is_refused(string name)
    {
        Assert.ThrowsAny<ArgumentException>(() => new StepKey(name));
        Assert.ThrowsAny<ArgumentException>(() => new StepKey<string>(name));
        Assert.ThrowsAny<ArgumentException>(() => new SignalKey<string>(name));
        Assert.ThrowsAny<ArgumentException>(() => Start().Named(name, 1));
    }

    [Fact]
    public void What_contradicts_itself_is_refused_with_every_reason()
    {
        var refused = Assert.Throws<InvalidOperationException>(() => Start().Named("checkout", 3)
            .Timeout(TimeSpan.FromHours(1))
            .Recover(Recovery.Forward)
            .Step(new StepKey("a"), Run, Undo, o => o.Timeout = TimeSpan.Zero)
            .Parallel(_ => { })
            .Pivot(new StepKey("a"), Run, o => o.Limit = 0)
            .Build());
        Assert.StartsWith("Saga 'checkout' version 3 (CheckoutSaga) is not valid.", refused.Message, StringComparison.Ordinal);
        Assert.All(
            ["Step 'a': Timeout must be positive.", "A parallel group has no steps.", "Two steps are named 'a'", "Limit must be at least 1", "It recovers forward"],
            reason => Assert.Contains(reason, refused.Message, StringComparison.Ordinal));
    }

    [Fact]
    public void A_saga_without_steps_is_refused() =>
        Assert.Contains("It has no steps.", Assert.Throws<InvalidOperationException>(() => Start().Named("checkout", 1).Build()).Message, StringComparison.Ordinal);

    [Fact]
    public void A_definition_is_printed_as_a_table() => Assert.Equal(
        """
        | Stage | Step | Zone | Undo | Commits with | Attempt | Deadline | Attempts |
        |---|---|---|---|---|---|---|---|
        | 1 | reserve-stock | compensatable | yes |  | 00:01:00 |  | 10 |
        | 1 | take-coupon | compensatable | yes |  | 00:01:00 |  | 10 |
        | 2 | charge | pivot |  |  | 00:00:30 |  | 10 |
        | 3 | add-points | retriable |  |  | 00:01:00 |  | 10 |

        """,
        Definition.ToTable());

    [Fact]
    public void A_definition_is_drawn() => Assert.Equal(
        """
        flowchart TD
          start([checkout v1])
          s0[reserve-stock]
          s1[take-coupon]
          start --> s0 & s1
          s2{{charge}}
          s0 --> s2
          s1 --> s2
          s3[[add-points]]
          s2 --> s3
          done([completed])
          s3 --> done
          s0u[undo reserve-stock]
          s1u[undo take-coupon]
          s2 -. refused .-> s0u & s1u
          s0 -. turned back .-> s0u
          s1 -. turned back .-> s1u
          undone([undone])
          s0u & s1u -.-> undone

        """,
        Definition.ToMermaid());

    private static SagaStart<CheckoutSaga, Checkout> Start() => new();

    private static string Shape(string name, int version, Func<SagaBuilder<CheckoutSaga, Checkout>, SagaDefinition> build) => build(Start().Named(name, version)).Hash;

    private static Func<SagaBuilder<CheckoutSaga, Checkout>, SagaDefinition> Steps(params string[] names) =>
        saga => names.Aggregate(saga, (so, name) => so.Step(new StepKey(name), Run, Undo)).Build();

    private static Func<SagaContext<Checkout>, CancellationToken, Task<StepOutcome>> Run(CheckoutSaga saga) => (_, _) => Task.FromResult(StepOutcome.Done);

    private static Func<SagaContext<Checkout>, Attempt, CancellationToken, Task> Undo(CheckoutSaga saga) => (_, _, _) => Task.CompletedTask;

    private static MethodInfo[] Methods(Type type) => type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly);
}
