using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Cli.Tests.Support;

internal static class EngineCredential
{
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    public static CoreSettings Of(ICredentialBackend backend) =>
        Engine.Credential(backend, lifecycle: new LifecyclePolicy { Overlap = TimeSpan.FromHours(1) }, quiet: Quiet) with { Owner = "payments", Purpose = "charges" };
}
