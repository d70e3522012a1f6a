using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>Takes all labels from one version, which is as near to disabling it as the service comes.</summary>
/// <param name="secret">The secret.</param>
/// <param name="versionId">The version.</param>
internal sealed class LabelRemoval(OpenSecret secret, string versionId)
{
    private const string Action = "secretsmanager:UpdateSecretVersionStage";
    private const string Current = "AWSCURRENT";

    /// <exception cref="BackendException">The version may have labels still.</exception>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            await RemoveAsync(ct).ConfigureAwait(false);
        }
        catch (AmazonServiceException moved) when (moved.ErrorCode == "InvalidParameterException")
        {
            // A rotation took a label elsewhere since it was read: what is left goes now.
            await RemoveAsync(ct, isLast: true).ConfigureAwait(false);
        }
    }

    private async Task RemoveAsync(CancellationToken ct, bool isLast = false)
    {
        var (arn, labels) = await ReadAsync(ct).ConfigureAwait(false);

        // Before any other one is gone: the service moves this label, and takes it from nobody.
        if (labels.Contains(Current))
        {
            throw secret.Call.Error(
                BackendFailure.Misconfigured,
                $"version '{versionId}' of secret '{secret.Call.Address.SecretId}' is {Current}, a label that {secret.Call.Where} only moves to another version",
                "Store a new value first (aws secretsmanager put-secret-value), then end this version. It has all its labels still.");
        }

        foreach (var label in labels)
        {
            try
            {
                await secret.Client.UpdateSecretVersionStageAsync(arn, label, versionId, ct).ConfigureAwait(false);
            }
            catch (Exception gone) when (ServiceErrors.IsNotFound(gone))
            {
                return;
            }
            catch (NotSupportedException)
            {
                throw secret.Call.Error(
                    BackendFailure.Misconfigured,
                    "the app's own client of Secrets Manager cannot take a label from a version",
                    "Implement ISecretsManagerClient.UpdateSecretVersionStageAsync in it, or take the labels off with aws secretsmanager update-secret-version-stage.");
            }
            catch (Exception error) when (!ct.IsCancellationRequested && (isLast || error is not AmazonServiceException { ErrorCode: "InvalidParameterException" }))
            {
                throw secret.Call.Map(error, Action);
            }
        }
    }

    // None, if the service does not know the secret or the version: what is wanted is so.
    private async Task<(string Arn, IReadOnlyList<string> Labels)> ReadAsync(CancellationToken ct)
    {
        SecretDescription description;
        try
        {
            description = await secret.AskDescription(ct).ConfigureAwait(false);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            return ServiceErrors.IsNotFound(error) ? (string.Empty, []) : throw secret.NotDescribed(error);
        }

        secret.Check(description);
        return (description.Arn, description.VersionIdsToStages?.GetValueOrDefault(versionId) ?? []);
    }
}
