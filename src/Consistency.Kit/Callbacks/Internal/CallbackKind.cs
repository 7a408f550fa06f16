using System.Text;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Callbacks.Internal;

/// <summary>Processes the stored callbacks of one provider.</summary>
internal sealed class CallbackKind(CallbackRegistration registration) : WorkKind
{
    internal override string Scope { get; } = ScopeOf(registration.Provider);

    internal override string Type => Scope;

    internal override Type? StoreKey => registration.Builder.StoreKey;

    internal override RetryPolicy Retry { get; } = registration.Builder.RetryPolicy with
    {
        IsFinal = exception => exception is CallbackQuarantinedException or InvalidDataException || registration.Builder.RetryPolicy.IsFinal(exception),
    };

    internal static string ScopeOf(string provider) => "callback/" + provider;

    internal override async Task RunAsync(WorkRun run, CancellationToken cancellationToken)
    {
        var callback = CallbackCodec.Read(run.Work.Input);
        await run.ExecuteAsync(
            WorkCommit.AfterEffect,
            async (services, token) => await registration.CreateHandler(services).HandleAsync(callback, token).ConfigureAwait(false) switch
            {
                CallbackOutcome.DoneOutcome => new WorkProgress { Next = WorkNext.Done },
                CallbackOutcome.IgnoredOutcome ignored => new WorkProgress
                {
                    Events = [new WorkEvent { Name = "ignored", Detail = Encoding.UTF8.GetBytes(ignored.Reason) }],
                    Next = WorkNext.Done,
                },
                CallbackOutcome.WaitOutcome wait => throw new CallbackWaitsException(wait.Reason),
                CallbackOutcome.QuarantinedOutcome quarantined => throw new CallbackQuarantinedException(quarantined.Reason),
                _ => throw new InvalidOperationException($"The handler of '{registration.Provider}' returned null instead of a CallbackOutcome."),
            },
            cancellationToken).ConfigureAwait(false);
    }
}
