using Amazon.SecretsManager;
using Amazon.SecretsManager.Model;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>The client that comes with the package. Two over one client are the same, so that they share batches.</summary>
internal sealed record OwnClient(IAmazonSecretsManager Client) : ISecretsManagerClient
{
    public string Where => Client.Config.RegionEndpoint?.SystemName ?? Client.Config.ServiceURL;

    public async Task<SecretDescription> DescribeSecretAsync(string secretId, CancellationToken ct)
    {
        var answer = await Client.DescribeSecretAsync(new DescribeSecretRequest { SecretId = secretId }, ct).ConfigureAwait(false);
        return new SecretDescription(answer.ARN)
        {
            DeletedDate = answer.DeletedDate,
            VersionIdsToStages = answer.VersionIdsToStages,
            Tags = answer.Tags?.Select(static tag => KeyValuePair.Create(tag.Key ?? string.Empty, tag.Value ?? string.Empty)),
        };
    }

    public async Task<SecretVersionValue> GetSecretValueAsync(string secretId, string versionId, CancellationToken ct)
    {
        var answer = await Client.GetSecretValueAsync(new GetSecretValueRequest { SecretId = secretId, VersionId = versionId }, ct).ConfigureAwait(false);
        return new SecretVersionValue(answer.ARN, answer.VersionId, answer.CreatedDate, answer.SecretString, answer.SecretBinary);
    }

    public async Task<IReadOnlyList<SecretVersionValue>> BatchGetSecretValueAsync(IReadOnlyList<string> secretIds, CancellationToken ct)
    {
        var answer = await Client.BatchGetSecretValueAsync(new BatchGetSecretValueRequest { SecretIdList = [.. secretIds] }, ct).ConfigureAwait(false);
        return [.. (answer.SecretValues ?? []).Select(static entry => new SecretVersionValue(entry.ARN, entry.VersionId, entry.CreatedDate, entry.SecretString, entry.SecretBinary))];
    }

    public Task UpdateSecretVersionStageAsync(string secretId, string versionStage, string removeFromVersionId, CancellationToken ct) => Client.UpdateSecretVersionStageAsync(
        new UpdateSecretVersionStageRequest { SecretId = secretId, VersionStage = versionStage, RemoveFromVersionId = removeFromVersionId }, ct);

    public override string ToString() => Where;
}
