using System.Text;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Scheduling.Internal;

/// <summary>Runs jobs of one type.</summary>
internal sealed class JobKind(JobType type, JobBuilder builder, SchedulingOptions options, KitJson json) : WorkKind
{
    internal override string Scope => type.Scope;

    internal override string Type => type.Scope;

    internal override Type? StoreKey => type.StoreKey;

    internal override RetryPolicy Retry { get; } = JobRun.Policy(builder, options);

    internal override WorkLimit? Limit { get; } = builder is { Max: null, MaxPerKey: null }
        ? null
        : new WorkLimit { Scope = type.Scope, Types = [type.Scope], Max = builder.Max, MaxPerGroup = builder.MaxPerKey };

    internal override Task RunAsync(WorkRun run, CancellationToken cancellationToken) =>
        new JobRun(type, builder, options, json).RunAsync(run, Next, cancellationToken);

    private static WorkProgress Next(JobOutcome outcome) => outcome switch
    {
        JobOutcome.RefusedOutcome refused => new WorkProgress
        {
            Events = [new WorkEvent { Name = "refused", Detail = Encoding.UTF8.GetBytes(refused.Reason) }],
            Error = refused.Reason,
            Next = new WorkNext.Ended(WorkStatus.Refused),
        },
        _ => new WorkProgress { Next = WorkNext.Done },
    };
}
