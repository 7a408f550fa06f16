namespace Consistency.Kit;

/// <summary>A promise of the kit could not be kept. Misuse throws the exceptions of the base class library instead.</summary>
public abstract class ConsistencyException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What happened to which thing, and the cure.</param>
    /// <param name="innerException">The cause, when there is one.</param>
    protected ConsistencyException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether the same call may succeed later without any change.</summary>
    public abstract bool IsTransient { get; }
}
