using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.SecretsManager.Internal;
using Amazon.SecretsManager.Model;
using Amazon.SecretsManager.Model.Internal;

namespace Amazon.SecretsManager;

/// <summary>A client of AWS Secrets Manager on the pipeline of AWSSDK.Core: signing, credentials, retries and endpoints are the SDK's own.</summary>
internal sealed class AmazonSecretsManagerClient : AmazonServiceClient, IAmazonSecretsManager
{
    public AmazonSecretsManagerClient(AmazonSecretsManagerConfig config)
        : base(config)
    {
    }

    public AmazonSecretsManagerClient(AWSCredentials credentials, AmazonSecretsManagerConfig config)
        : base(credentials, config)
    {
    }

    protected override IServiceMetadata ServiceMetadata { get; } = new AmazonSecretsManagerMetadata();

    // Bodies carry secret values: never hand them to the SDK's response logging, whatever the configuration says.
    protected override bool SupportResponseLogging => false;

    public Task<DescribeSecretResponse> DescribeSecretAsync(DescribeSecretRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<DescribeSecretResponse>(request, DescribeSecretRequestMarshaller.Instance, DescribeSecretResponseUnmarshaller.Instance, cancellationToken);

    public Task<GetSecretValueResponse> GetSecretValueAsync(GetSecretValueRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<GetSecretValueResponse>(request, GetSecretValueRequestMarshaller.Instance, GetSecretValueResponseUnmarshaller.Instance, cancellationToken);

    public Task<BatchGetSecretValueResponse> BatchGetSecretValueAsync(BatchGetSecretValueRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<BatchGetSecretValueResponse>(request, BatchGetSecretValueRequestMarshaller.Instance, BatchGetSecretValueResponseUnmarshaller.Instance, cancellationToken);

    public Task<UpdateSecretVersionStageResponse> UpdateSecretVersionStageAsync(UpdateSecretVersionStageRequest request, CancellationToken cancellationToken = default) =>
        SendAsync<UpdateSecretVersionStageResponse>(request, UpdateSecretVersionStageRequestMarshaller.Instance, UpdateSecretVersionStageResponseUnmarshaller.Instance, cancellationToken);

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        ArgumentNullException.ThrowIfNull(pipeline);
        AmazonSecretsManagerEndpointResolver.PutInto(pipeline);
    }

    private Task<TResponse> SendAsync<TResponse>(
        AmazonWebServiceRequest request, IMarshaller<IRequest, AmazonWebServiceRequest> marshaller, ResponseUnmarshaller unmarshaller, CancellationToken cancellationToken)
        where TResponse : AmazonWebServiceResponse, new() =>
        InvokeAsync<TResponse>(request, new InvokeOptions { RequestMarshaller = marshaller, ResponseUnmarshaller = unmarshaller }, cancellationToken);
}
