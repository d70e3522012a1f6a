using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nhi.Rotation.Telemetry;

/// <summary>A logger that is looked up when something is first said: a log provider may itself stand on a credential, and whoever makes both would wait for itself.</summary>
internal sealed class LateLogger(IServiceProvider services, string category) : ILogger
{
    [ThreadStatic]
    private static bool _isLookingUp;

    private volatile ILogger? _logger;

    public bool IsEnabled(LogLevel logLevel) => Find().IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        Find().Log(logLevel, eventId, state, exception, formatter);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => Find().BeginScope(state);

    private ILogger Find() => _logger ?? (_isLookingUp ? NullLogger.Instance : LookUp());

    private ILogger LookUp()
    {
        // What is said while log providers are made on this thread has nobody who could write it yet.
        _isLookingUp = true;
        try
        {
            return _logger = services.GetService<ILoggerFactory>()?.CreateLogger(category) ?? NullLogger.Instance;
        }
        catch (ObjectDisposedException)
        {
            // The application has ended, and its logs with it.
            return _logger = NullLogger.Instance;
        }
        finally
        {
            _isLookingUp = false;
        }
    }
}
