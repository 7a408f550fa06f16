using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Consistency.Kit.Idempotency.Internal;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Scheduling.Internal;

/// <summary>Runs one recurring job: a single row that is armed again by the write that ends a run.</summary>
internal sealed class RecurringKind : WorkKind
{
    private readonly RecurringRegistration _registration;
    private readonly JobType _type;
    private readonly JobBuilder _builder;
    private readonly SchedulingOptions _options;
    private readonly KitJson _json;
    private readonly TimeProvider _time;
    private readonly byte[] _input;

    internal RecurringKind(RecurringRegistration registration, JobType type, JobBuilder builder, SchedulingOptions options, KitJson json, TimeProvider time)
    {
        _registration = registration;
        _type = type;
        _builder = builder;
        _options = options;
        _json = json;
        _time = time;
        _input = type.Write(registration.Job);
        Scope = RecurringWork.Prefix + registration.Name;
        var definition = Encoding.UTF8.GetBytes($"{Schedule.Text}|{registration.Builder.MissedRuns}|{type.Name}|").Concat(_input).ToArray();
        Type = $"{Scope}/{Convert.ToHexStringLower(SHA256.HashData(definition))[..8]}";
        Retry = JobRun.Policy(builder, options);
    }

    internal override string Scope { get; }

    /// <summary>With a hash of the definition: an instance runs only what it would have written itself.</summary>
    internal override string Type { get; }

    internal override Type? StoreKey => _type.StoreKey;

    internal override RetryPolicy Retry { get; }

    private JobSchedule Schedule => _registration.Builder.Schedule!;

    internal NewWork? New()
    {
        var first = Schedule.After(_time.GetUtcNow());
        return first is null
            ? null
            : new NewWork { Scope = Scope, Type = Type, Key = _registration.Name, FreesKey = true, Input = _input, DueAt = first };
    }

    internal override async Task RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        var work = run.Work;
        if (work.State.Span.SequenceEqual(RecurringWork.PassOver))
        {
            await run.WriteAsync(Arm(work, []), cancellationToken).ConfigureAwait(false);
            return;
        }

        var late = _time.GetUtcNow() - work.ScheduledAt;
        if (_registration.Builder.MissedRuns == MissedRuns.Skip && late > _registration.Builder.Tolerance && work is { Attempts: 0, TakeOvers: 0, State.IsEmpty: true })
        {
            // How many are left out is told once, with the ones that follow it.
            await run.WriteAsync(Arm(work, [], andThisOne: true), cancellationToken).ConfigureAwait(false);
            return;
        }

        await new JobRun(_type, _builder, _options, _json).RunAsync(run, outcome => Arm(work, Events(outcome)), cancellationToken).ConfigureAwait(false);
    }

    private static IReadOnlyList<WorkEvent> Events(JobOutcome outcome) => outcome is JobOutcome.RefusedOutcome refused
        ? [new WorkEvent { Name = "refused", Detail = Encoding.UTF8.GetBytes(refused.Reason) }]
        : [];

    private WorkProgress Arm(ClaimedWork work, IReadOnlyList<WorkEvent> events, bool andThisOne = false)
    {
        var now = _time.GetUtcNow();
        var (last, missed) = Schedule.Missed(work.ScheduledAt, now);
        var catchesUp = missed > 0 && !andThisOne && _registration.Builder.MissedRuns == MissedRuns.CatchUpOnce;
        var next = catchesUp ? last : Schedule.After(last);
        var leftOut = missed + (andThisOne ? 1 : 0) - (catchesUp ? 1 : 0);
        if (leftOut > 0)
        {
            events = [.. events, new WorkEvent { Name = "runs-missed", Detail = Encoding.UTF8.GetBytes(leftOut.ToString(CultureInfo.InvariantCulture)) }];
        }

        return new WorkProgress
        {
            Events = events,
            State = ReadOnlyMemory<byte>.Empty,
            Attempts = 0,
            ScheduledAt = next,
            Next = next is { } at ? new WorkNext.Later(TimeSpan.Zero) { At = at } : WorkNext.Done,
        };
    }
}
