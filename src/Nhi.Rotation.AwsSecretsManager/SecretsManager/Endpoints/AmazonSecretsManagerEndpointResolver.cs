using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace Amazon.SecretsManager.Internal;

/// <summary>Hands the client's configuration to the endpoint rules.</summary>
internal sealed class AmazonSecretsManagerEndpointResolver : BaseEndpointResolver
{
    /// <summary>Takes the place of the pipeline's own resolver, with the choice of a signature before it.</summary>
    public static void PutInto(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new AmazonSecretsManagerEndpointResolver());
        pipeline.AddHandlerAfter<Marshaller>(new AmazonSecretsManagerAuthSchemeHandler());
    }

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
