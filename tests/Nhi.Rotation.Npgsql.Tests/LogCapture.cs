using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Npgsql.Tests;

/// <summary>Everything that is logged, with its exceptions.</summary>
internal sealed class LogCapture : ILoggerProvider, ILogger
{
    private volatile string? _beginning;
    private Func<Task>? _act;

    public ConcurrentQueue<(int Id, string Text)> Entries { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        var text = formatter(state, exception);
        Entries.Enqueue((eventId.Id, $"{text} {exception} {state}"));
        if (_beginning is { } beginning && text.StartsWith(beginning, StringComparison.Ordinal) && Interlocked.Exchange(ref _act, null) is { } act)
        {
            act().GetAwaiter().GetResult();
        }
    }

    /// <summary>Does something once, at the moment when a message that begins so is logged, before what logs it goes on.</summary>
    public void Once(string beginning, Func<Task> act)
    {
        _act = act;
        _beginning = beginning;
    }

    public void Dispose()
    {
    }
}
