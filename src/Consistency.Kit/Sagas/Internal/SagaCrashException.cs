namespace Consistency.Kit.Sagas.Internal;

/// <summary>A test lets the process end here.</summary>
internal sealed class SagaCrashException() : Exception("The process ended here, because a test wanted it to.");
