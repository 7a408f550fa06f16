namespace Consistency.Kit.Work;

/// <summary>The engine of this process, as a store on a user's transaction sees it: work may be added owned, and is handed over when it is committed.</summary>
public interface IWorkHandOver
{
    /// <summary>The instance's name, to be written as owner.</summary>
    string Owner { get; }

    /// <summary>How long the lease lasts with which work is added.</summary>
    TimeSpan Lease { get; }

    /// <summary>Whether work of this type that is due so soon may be added owned: the type is known and not limited, and there is room.</summary>
    /// <param name="type">The type.</param>
    /// <param name="dueIn">When it is due, from now.</param>
    bool Takes(string type, TimeSpan dueIn);

    /// <summary>Hands committed work over that was added owned. Never waits and never throws.</summary>
    /// <param name="work">The work, its epoch 1.</param>
    /// <param name="leasedAt">The timestamp, of the application's <see cref="TimeProvider"/>, at which the lease was counted from.</param>
    void HandOver(ClaimedWork work, long leasedAt);

    /// <summary>Says that something was committed which may be due.</summary>
    void Wake();
}
