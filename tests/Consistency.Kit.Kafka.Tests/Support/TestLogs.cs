using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Tests.Support;

/// <summary>Shows the log beside the result of the test that wrote it.</summary>
internal sealed class TestLogs : ILoggerProvider, ILogger
{
    public ConcurrentQueue<int> Events { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Events.Enqueue(eventId.Id);
        if (logLevel >= LogLevel.Information)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"{DateTimeOffset.Now:mm:ss.fff} {logLevel} {eventId.Id} {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
        }
    }

    public void Dispose()
    {
    }
}
