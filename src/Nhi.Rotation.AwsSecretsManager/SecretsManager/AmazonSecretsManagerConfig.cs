using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;
using Amazon.SecretsManager.Internal;
using Amazon.Util.Internal;
using ExecutionContext = Amazon.Runtime.Internal.ExecutionContext;

namespace Amazon.SecretsManager;

/// <summary>Names of the service for signing, endpoints and <c>AWS_ENDPOINT_URL_SECRETS_MANAGER</c>; everything else is the SDK's default.</summary>
internal sealed class AmazonSecretsManagerConfig : ClientConfig
{
    private static readonly string UserAgentString = InternalSDKUtils.BuildUserAgentString("Secrets Manager", "0.1.0");

    public AmazonSecretsManagerConfig()
        : base(new DefaultConfigurationProvider([new DefaultConfiguration { Name = DefaultConfigurationMode.Standard, RetryMode = RequestRetryMode.Standard }]))
    {
        ServiceId = AmazonSecretsManagerMetadata.Id;
        AuthenticationServiceName = RegionEndpointServiceName;
        EndpointProvider = new AmazonSecretsManagerEndpointProvider();
    }

    public override string RegionEndpointServiceName => "secretsmanager";

    public override string ServiceVersion => "2017-10-17";

    public override string UserAgent => UserAgentString;

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        var request = new RequestContext(enableMetrics: false, new AWS4Signer())
        {
            ClientConfig = this,
            OriginalRequest = parameters.Request,
            Request = new DefaultRequest(parameters.Request, ServiceId) { AlternateEndpoint = parameters.AlternateEndpoint },
        };
        return new AmazonSecretsManagerEndpointResolver().GetEndpoint(new ExecutionContext(request, responseContext: null));
    }
}
