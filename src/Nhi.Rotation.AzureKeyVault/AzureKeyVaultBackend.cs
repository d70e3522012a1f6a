using Azure;
using Azure.Security.KeyVault.Secrets;
using Nhi.Rotation.AzureKeyVault.Errors;
using Nhi.Rotation.AzureKeyVault.Versions;

namespace Nhi.Rotation.AzureKeyVault;

/// <summary>
/// Lists the versions of Azure Key Vault secrets; the key is the secret's name. Key Vault labels no version, so versions are ordered by creation and
/// those that are enabled and not expired count.
/// </summary>
/// <remarks>
/// One list call for each 25 versions a refresh, and one get for each version that is new and matters: the 4 newest valid ones and the 4 that become
/// valid next, with those that a tag <c>revoked</c> calls compromised. At most 25 versions are listed; an older one counts as withdrawn. Safe for concurrent use.
/// </remarks>
public sealed class AzureKeyVaultBackend : IBackendRevoker
{
    private readonly SecretClient _client;
    private readonly VersionLister _lister;
    private readonly VersionDownloader _downloader;
    private readonly TimeProvider _time;

    /// <summary>Makes a backend over a client.</summary>
    /// <param name="client">
    /// The client of one vault. Set <c>Retry.MaxRetries</c> of its options to 0: the engine retries, and the client's own waits would hide throttling
    /// until the attempt's time is up.
    /// </param>
    /// <param name="jsonField">The field to take from secrets that are JSON objects, or <see langword="null"/> to take the whole secret.</param>
    /// <param name="timeProvider">The clock that not-before and expiry are compared with; the system's if omitted.</param>
    public AzureKeyVaultBackend(SecretClient client, string? jsonField = null, TimeProvider? timeProvider = null)
    {
        ArgumentNullException.ThrowIfNull(client);
        _client = client;
        _time = timeProvider ?? TimeProvider.System;
        _lister = new VersionLister(client);
        _downloader = new VersionDownloader(client, new SecretContent(jsonField), _time);
    }

    /// <inheritdoc/>
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<SecretProperties> all;
        try
        {
            all = await _lister.ListAsync(request, ct).ConfigureAwait(false);
        }
        catch (Exception error) when (Failure.Translate(error, request, _client.VaultUri, _time, ct) is { } failure)
        {
            throw failure;
        }

        var chosen = VersionChoice.Choose(all, request, _time.GetUtcNow());
        if (chosen.Listed.Count == 0)
        {
            throw all.Count == 0 ? Failure.NotFound(request, _client.VaultUri) : Failure.NothingUsable(request, all.Count);
        }

        var downloads = await _downloader.DownloadAsync(request, chosen, ct).ConfigureAwait(false);

        // Later is newer: the order decides between versions that were created in the same second.
        var versions = chosen.Listed.Select(properties => Describe(properties, downloads)).Reverse().ToArray();
        var newest = chosen.Newest;
        return new BackendListing(versions)
        {
            Owner = Tag(newest, "owner"),
            Purpose = Tag(newest, "purpose"),
        };
    }

    /// <summary>Disables a version, for all that read the vault. Nothing does so by itself. Needs the role Key Vault Secrets Officer, or the secret permission <c>set</c>.</summary>
    /// <param name="revocation">Which version. One that the vault does not have is no error.</param>
    /// <param name="ct">Cancels the call.</param>
    /// <exception cref="BackendException">The vault refused or failed.</exception>
    public async ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
    {
        ArgumentNullException.ThrowIfNull(revocation);
        var request = new BackendRequest(revocation.CredentialName, revocation.Key);
        try
        {
            var version = new SecretProperties(new Uri(_client.VaultUri, $"/secrets/{revocation.Key}/{revocation.VersionId}")) { Enabled = false };
            await _client.UpdateSecretPropertiesAsync(version, ct).ConfigureAwait(false);
        }
        catch (RequestFailedException gone) when (gone.Status == 404)
        {
            // What was wanted is so.
        }
        catch (Exception error) when (Failure.Translate(error, request, _client.VaultUri, _time, ct) is { } failure)
        {
            throw failure is not BackendException { Failure: BackendFailure.AccessDenied } ? failure : new BackendException(
                revocation.CredentialName, BackendFailure.AccessDenied, $"vault {_client.VaultUri.Host} does not let the identity disable a version of '{revocation.Key}'",
                "Give it the role 'Key Vault Secrets Officer' or the secret permission 'set', and check the vault's network rules; whoever only reads needs neither.");
        }
    }

    /// <summary>The secret's address, as the vault's events name it: <c>https://my-vault.vault.azure.net/secrets/name</c>.</summary>
    /// <param name="key">The secret's name.</param>
    /// <returns>The address, without a version.</returns>
    public string Locate(string key) => new Uri(_client.VaultUri, $"/secrets/{key}").AbsoluteUri;

    private static BackendVersion Describe(SecretProperties properties, Downloads downloads) => new(properties.Version, downloads.ValueOf(properties.Version))
    {
        IsEnabled = properties.Enabled != false && !downloads.IsDisabled(properties.Version),
        RevokedBecause = VersionChoice.WhyRevoked(properties),
        CreatedOn = properties.CreatedOn,
        NotBefore = properties.NotBefore,
        ExpiresOn = properties.ExpiresOn,
    };

    private static string? Tag(SecretProperties properties, string name) =>
        properties.Tags.TryGetValue(name, out var value) && !string.IsNullOrWhiteSpace(value) ? value : null;
}
