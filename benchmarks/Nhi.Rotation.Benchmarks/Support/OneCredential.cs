using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Benchmarks.Support;

/// <summary>The real engine with one loaded credential.</summary>
internal static class OneCredential
{
    public const string Name = "stripe";

    public static IRotatingCredentialProvider Load(ICredentialBackend backend, CredentialOptions? options = null)
    {
        var registry = Engine.Create([Engine.Credential(Name, backend, options)]);
        var provider = registry.Get(Name);
        provider.GetCurrentAsync().AsTask().GetAwaiter().GetResult();
        return provider;
    }

    /// <summary>As an app declares it, with evidence in files.</summary>
    public static ServiceProvider Declare(ICredentialBackend backend, DirectoryInfo evidence)
    {
        var services = new ServiceCollection().AddLogging();
        services.AddRotatingCredentials()
            .AddCredential(Name, credential => credential.UseBackend(Name, _ => backend))
            .WriteEvidenceTo(evidence.FullName);
        return services.BuildServiceProvider();
    }
}
