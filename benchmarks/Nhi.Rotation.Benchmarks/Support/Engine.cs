using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>The engine on real time, as dependency injection would make it.</summary>
internal static class Engine
{
    public static CredentialRegistry Create(IEnumerable<CoreSettings> credentials, RotatingCredentialsOptions? shared = null) =>
        new(credentials, SchedulerSettings.From(shared ?? new()), TimeProvider.System, new CredentialMetrics(factory: null), new EngineLog(NullLogger.Instance));

    public static CoreSettings Credential(string name, ICredentialBackend backend, CredentialOptions? options = null) =>
        CoreSettings.From(name, key: name, backend, probe: null, backendInterval: null, consumer: "app", options ?? new(), new RotatingCredentialsOptions());
}
