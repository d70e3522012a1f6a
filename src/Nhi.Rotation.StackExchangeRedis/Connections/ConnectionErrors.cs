using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using StackExchange.Redis;

namespace Nhi.Rotation.StackExchangeRedis.Connections;

/// <summary>The log that was there before, and an ear at it: the library tells nowhere else why a connection ended on which no command waited.</summary>
internal sealed class ConnectionErrors(ILoggerFactory? inner) : ILoggerFactory
{
    /// <summary>The log that was there before.</summary>
    public ILoggerFactory Inner => inner ?? NullLoggerFactory.Instance;

    public ILogger CreateLogger(string categoryName) => new Ear(Inner.CreateLogger(categoryName));

    public void AddProvider(ILoggerProvider provider) => inner?.AddProvider(provider);

    // Who made it disposes it.
    public void Dispose()
    {
    }

    private sealed class Ear(ILogger inner) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => inner.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Error || inner.IsEnabled(logLevel);

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (exception is RedisConnectionException error)
            {
                LinkTunnel.Current?.Fail(new AuthReply(AuthErrors.Judge(error), error.FailureType.ToString()));
            }

            if (inner.IsEnabled(logLevel))
            {
                inner.Log(logLevel, eventId, state, exception, formatter);
            }
        }
    }
}
