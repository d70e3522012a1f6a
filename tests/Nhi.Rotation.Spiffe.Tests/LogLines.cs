using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Spiffe.Tests;

internal sealed class LogLines : ILoggerProvider
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => new Logger(Lines);

    public int Count(int eventId) => Lines.Count(line => line.StartsWith($"{eventId} ", StringComparison.Ordinal));

    public string Text(int eventId) => string.Join('\n', Lines.Where(line => line.StartsWith($"{eventId} ", StringComparison.Ordinal)));

    public void Dispose()
    {
    }

    private sealed class Logger(ConcurrentQueue<string> lines) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            lines.Enqueue($"{eventId.Id} {formatter(state, exception)} {exception}");
    }
}
