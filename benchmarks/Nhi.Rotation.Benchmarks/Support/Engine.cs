using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>The engine on real time, as dependency injection would make it.</summary>
internal static class Engine
{
    public static CredentialRegistry Create(IEnumerable<CoreSettings> credentials, SchedulerSettings? scheduling = null) =>
        new(credentials, scheduling ?? new(), TimeProvider.System, new CredentialMetrics(factory: null), new EngineLog(NullLogger.Instance));

    public static CoreSettings Credential(string name, ICredentialBackend backend, LifecyclePolicy? lifecycle = null) => new()
    {
        Name = name,
        Key = name,
        Backend = backend,
        Lifecycle = lifecycle ?? LifecyclePolicy.Default,
    };
}
