namespace Consistency.Kit.Messaging;

/// <summary>Carries the hint "something was committed" to other processes. A lost hint costs one poll interval, never a message.</summary>
public interface IWakeChannel
{
    /// <summary>Sends a hint soon, joining hints that come together. Never waits and never throws.</summary>
    void Announce();
}
