using Nhi.Rotation.Providers;

namespace Nhi.Rotation.Evidence.Tests.Support;

internal static class EngineCredential
{
    public static readonly TimeSpan Quiet = TimeSpan.FromMinutes(5);

    public static CoreSettings Of(ICredentialBackend backend) =>
        Engine.Credential(backend, options: new CredentialOptions { Overlap = TimeSpan.FromHours(1), QuietPeriod = Quiet }) with { Owner = "payments", Purpose = "charges" };
}
