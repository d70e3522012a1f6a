using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>The real engine with one loaded credential.</summary>
internal static class OneCredential
{
    public const string Name = "stripe";

    public static IRotatingCredentialProvider Load(ICredentialBackend backend, LifecyclePolicy? lifecycle = null)
    {
        var registry = Engine.Create([Engine.Credential(Name, backend, lifecycle)]);
        var provider = registry.Get(Name);
        provider.GetCurrentAsync().AsTask().GetAwaiter().GetResult();
        return provider;
    }
}
