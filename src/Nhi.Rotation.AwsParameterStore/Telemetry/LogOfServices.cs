using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Nhi.Rotation.AwsParameterStore.Telemetry;

/// <summary>The package's log.</summary>
internal static class LogOfServices
{
    public static ILogger Log(this IServiceProvider services) =>
        services.GetService<ILoggerFactory>()?.CreateLogger("Nhi.Rotation.AwsParameterStore") ?? NullLogger.Instance;
}
