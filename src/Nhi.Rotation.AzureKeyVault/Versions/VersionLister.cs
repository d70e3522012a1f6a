using Azure.Security.KeyVault.Secrets;
using Nhi.Rotation.AzureKeyVault.Errors;

namespace Nhi.Rotation.AzureKeyVault.Versions;

/// <summary>Reads the attributes of all versions of a secret; the service returns them in no order, so the newest may be on the last page.</summary>
internal sealed class VersionLister(SecretClient client)
{
    /// <summary>The service returns at most 25 versions a page, so this is 2,500 versions.</summary>
    public const int MaxPages = 100;

    public async Task<List<SecretProperties>> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var versions = new List<SecretProperties>();
        var pages = 0;
        await foreach (var page in client.GetPropertiesOfSecretVersionsAsync(request.Key, ct).AsPages().ConfigureAwait(false))
        {
            if (++pages > MaxPages)
            {
                throw Failure.TooManyVersions(request, versions.Count);
            }

            versions.AddRange(page.Values);
        }

        // A version that is set while pages are read can move another one onto two of them.
        return [.. versions.Where(version => !string.IsNullOrEmpty(version.Version)).DistinctBy(version => version.Version, StringComparer.Ordinal)];
    }
}
