namespace Consistency.Kit.Callbacks;

/// <summary>Acts on the callbacks of a provider. Comes from a fresh scope for each attempt.</summary>
public interface ICallbackHandler
{
    /// <summary>Acts on one callback.</summary>
    /// <param name="callback">The callback.</param>
    /// <param name="cancellationToken">Cancelled when the process stops or the claim is lost.</param>
    /// <returns>
    /// How it ended. What the handler left unsaved in the store's DbContext is saved in the transaction that writes the outcome. Whatever is
    /// thrown is tried again by the plan.
    /// </returns>
    /// <remarks>At-least-once: after a crash between an effect and the outcome the handler runs again. Moves of a state map are safe to repeat.</remarks>
    Task<CallbackOutcome> HandleAsync(StoredCallback callback, CancellationToken cancellationToken);
}
