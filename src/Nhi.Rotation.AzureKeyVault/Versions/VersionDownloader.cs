using Azure;
using Azure.Security.KeyVault.Secrets;
using Nhi.Rotation.AzureKeyVault.Errors;

namespace Nhi.Rotation.AzureKeyVault.Versions;

/// <summary>Gets the values of chosen versions, one after the other, and decides which failures the listing survives.</summary>
internal sealed class VersionDownloader(SecretClient client, SecretContent content, TimeProvider time)
{
    public async Task<Downloads> DownloadAsync(BackendRequest request, VersionChoice choice, CancellationToken ct)
    {
        var downloads = new Downloads();
        BackendException? error = null;
        foreach (var version in choice.Downloads)
        {
            try
            {
                await DownloadAsync(request, version.Version, downloads, ct).ConfigureAwait(false);
            }
            catch (BackendException failure)
            {
                // Versions come most important first, so the first failure tells most.
                error ??= failure;
                if (version == choice.NewestValid && !CanStartWithout(failure, request))
                {
                    throw;
                }

                // Only bad content is about this one version; anything else would meet the next one too.
                if (failure.Failure != BackendFailure.InvalidContent)
                {
                    break;
                }
            }
        }

        if (downloads.HasValues || choice.Listed.Any(version => request.KnownVersionIds.Contains(version.Version)))
        {
            return downloads;
        }

        throw error
            ?? (downloads.DisabledCount == choice.Downloads.Count
                ? Failure.NothingUsable(request, downloads.DisabledCount)
                : Failure.NotReadableYet(request, choice.Downloads.Count));
    }

    // With nothing in use yet, an older good version is better than none; once something is in use, a bad newest version must be told.
    private static bool CanStartWithout(BackendException failure, BackendRequest request) =>
        failure.Failure == BackendFailure.InvalidContent && request.KnownVersionIds.Count == 0;

    private async Task DownloadAsync(BackendRequest request, string versionId, Downloads downloads, CancellationToken ct)
    {
        try
        {
            var secret = (await client.GetSecretAsync(request.Key, versionId, cancellationToken: ct).ConfigureAwait(false)).Value;
            downloads.Add(versionId, secret.Properties.Version == versionId ? content.Read(request, secret) : throw Failure.NotKeyVault(request, client.VaultUri));
        }
        catch (RequestFailedException error) when (error.Status == 404)
        {
            // Listed and not readable yet, or not any more: the next refresh asks again.
        }
        catch (RequestFailedException error) when (error.Status == 403 && VaultErrorCode.Read(error) == VaultErrorCode.SecretDisabled)
        {
            downloads.AddDisabled(versionId);
        }
        catch (Exception error) when (Failure.Translate(error, request, client.VaultUri, time, ct) is { } failure)
        {
            throw failure;
        }
    }
}
