namespace Consistency.Kit.Callbacks.Internal;

/// <summary>What <c>kit.AddCallbacks</c> was told.</summary>
internal sealed record CallbackRegistration(
    string Provider,
    Func<IServiceProvider, ICallbackVerifier> CreateVerifier,
    CallbackBuilder Builder,
    Func<IServiceProvider, ICallbackHandler> CreateHandler);
