using Microsoft.Extensions.Logging;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation;

/// <summary>Loggers for backends. Safe for concurrent use.</summary>
public static class BackendLoggerServiceProviderExtensions
{
    /// <summary>
    /// Gets a logger for a backend, or for what makes one. The application's <see cref="ILoggerFactory"/> is looked up when something is first logged, so that a
    /// log provider may itself present a credential of that backend; one that is injected would need the log providers first, and the start of the application would hang.
    /// Without logging in the application nothing is written.
    /// </summary>
    /// <param name="services">The application's services.</param>
    /// <param name="category">The category, such as <c>Contoso.Secrets</c>.</param>
    /// <returns>The logger. What is logged on the thread that is making the log providers is not written.</returns>
    /// <exception cref="ArgumentNullException"><paramref name="services"/> is null.</exception>
    /// <exception cref="ArgumentException"><paramref name="category"/> is empty.</exception>
    public static ILogger GetBackendLogger(this IServiceProvider services, string category)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentException.ThrowIfNullOrEmpty(category);
        return new LateLogger(services, category);
    }
}
