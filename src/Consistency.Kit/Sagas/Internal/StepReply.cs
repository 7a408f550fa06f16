namespace Consistency.Kit.Sagas.Internal;

/// <summary>What the user's code answered, whatever the type of its result.</summary>
internal abstract record StepReply
{
    internal static readonly StepReply DoneWithoutResult = new Done(null);

    internal static readonly StepReply NotFound = new Absent();

    private StepReply()
    {
    }

    internal sealed record Done(ReadOnlyMemory<byte>? Result) : StepReply;

    internal sealed record Refused(string Reason) : StepReply;

    internal sealed record Pending(TimeSpan Delay) : StepReply;

    internal sealed record Absent : StepReply;
}
