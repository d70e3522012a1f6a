using System.Diagnostics.CodeAnalysis;
using Amazon.Runtime;
using Amazon.SecretsManager.Model;

namespace Amazon.SecretsManager;

/// <summary>The operations of AWS Secrets Manager that the backend needs, named and shaped as in the official AWSSDK.SecretsManager.</summary>
internal interface IAmazonSecretsManager : IAmazonService, IDisposable
{
    Task<DescribeSecretResponse> DescribeSecretAsync(DescribeSecretRequest request, CancellationToken cancellationToken = default);

    Task<GetSecretValueResponse> GetSecretValueAsync(GetSecretValueRequest request, CancellationToken cancellationToken = default);

    Task<BatchGetSecretValueResponse> BatchGetSecretValueAsync(BatchGetSecretValueRequest request, CancellationToken cancellationToken = default);

    Task<UpdateSecretVersionStageResponse> UpdateSecretVersionStageAsync(UpdateSecretVersionStageRequest request, CancellationToken cancellationToken = default);

    // AWSSDK.Extensions.NETCore.Setup sets ServiceSpecificSettings by name.
    [DynamicDependency(DynamicallyAccessedMemberTypes.PublicProperties, typeof(AmazonSecretsManagerConfig))]
    static ClientConfig IAmazonService.CreateDefaultClientConfig() => new AmazonSecretsManagerConfig();

    static IAmazonService IAmazonService.CreateDefaultServiceClient(AWSCredentials? awsCredentials, ClientConfig clientConfig)
    {
        var config = (AmazonSecretsManagerConfig)clientConfig;
        return awsCredentials is null ? new AmazonSecretsManagerClient(config) : new AmazonSecretsManagerClient(awsCredentials, config);
    }
}
