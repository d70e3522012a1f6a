using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Makes clients as the AWS SDK's own dependency injection makes them.</summary>
internal static class AwsClients
{
    public static T Create<T>(IServiceProvider services, AWSOptions? options, Action<ClientConfig> configure)
        where T : class, IAmazonService
    {
        // The SDK maps AWSOptions to a client only inside this registration.
        var registration = new ServiceCollection();
        registration.AddAWSService<T>(options, (config, _) => configure(config), ServiceLifetime.Transient);
        return (T)registration[0].ImplementationFactory!(services);
    }
}
