namespace Consistency.Kit.Messaging;

/// <summary>How far behind an outbox is.</summary>
/// <param name="Count">How many messages wait; no more are counted than was asked for.</param>
/// <param name="Age">How long ago the first of them was published; zero when none waits.</param>
public sealed record OutboxBacklog(int Count, TimeSpan Age);
