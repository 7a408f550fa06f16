namespace Consistency.Kit.Messaging;

/// <summary>Handles one type of message.</summary>
/// <typeparam name="TMessage">The message, registered with <c>kit.AddMessage</c>.</typeparam>
/// <remarks>
/// The handler is created in a scope of its own. Everything it does through its store's DbContext, <c>ExecuteUpdate</c> and raw SQL
/// included, commits together with the claim that this consumer has seen this message: once, however often the message arrives.
/// What it does elsewhere (HTTP calls, other databases, files) is repeated when the attempt fails, and is not undone.
/// Messages of one key are handled one after another in position order.
/// </remarks>
public interface IMessageHandler<in TMessage>
{
    /// <summary>Handles the message. The engine saves and commits afterwards; throwing rolls everything back and tries again later.</summary>
    /// <param name="message">The message, brought up to the current version.</param>
    /// <param name="context">Where the message comes from and which attempt this is.</param>
    /// <param name="cancellationToken">Cancelled when the process stops or the claim is lost; the attempt is then repeated elsewhere.</param>
    Task HandleAsync(TMessage message, MessageContext context, CancellationToken cancellationToken);
}
