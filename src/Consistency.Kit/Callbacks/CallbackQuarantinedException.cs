namespace Consistency.Kit.Callbacks;

/// <summary>A genuine callback contradicts what is known. It is parked, and an operator decides.</summary>
public sealed class CallbackQuarantinedException : ConsistencyException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="reason">What contradicts.</param>
    public CallbackQuarantinedException(string reason)
        : base(reason)
    {
    }

    /// <inheritdoc />
    public override bool IsTransient => false;
}
