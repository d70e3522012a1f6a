using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace Amazon.SecretsManager.Internal;

/// <summary>Hands the client's configuration to the endpoint rules.</summary>
internal sealed class AmazonSecretsManagerEndpointResolver : BaseEndpointResolver
{
    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext)
    {
        ArgumentNullException.ThrowIfNull(requestContext);
        var config = requestContext.ClientConfig;
        return new EndpointParameters
        {
            [AmazonSecretsManagerEndpointProvider.CustomEndpoint] = config.ServiceURL,
            [AmazonSecretsManagerEndpointProvider.Region] = requestContext.Request.AlternateEndpoint?.SystemName ?? config.RegionEndpoint?.SystemName,
            [AmazonSecretsManagerEndpointProvider.UseDualStack] = config.UseDualstackEndpoint,
            [AmazonSecretsManagerEndpointProvider.UseFips] = config.UseFIPSEndpoint,
        };
    }
}
