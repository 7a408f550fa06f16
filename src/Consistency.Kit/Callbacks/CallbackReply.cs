namespace Consistency.Kit.Callbacks;

/// <summary>What a provider is answered.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body, for providers that read it.</param>
/// <param name="ContentType">Its type.</param>
public sealed record CallbackReply(int Status, string Body = "", string ContentType = "text/plain");
