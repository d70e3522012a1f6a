using System.Globalization;
using System.Text.Json;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Kv;

/// <summary>The versions of a secret in a KV engine, version 2. Unchanged, a listing costs one call, which carries no value.</summary>
internal sealed class KvBackend(VaultHttp vault, VaultSettings settings, TimeProvider time) : IBackendRevoker
{
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var metadata = await vault.GetAsync(request, Address("metadata", request.Key), VaultJson.Default.VaultAnswerKvMetadata, ct).ConfigureAwait(false)
            ?? throw VaultErrors.NoSecret(request, settings);
        var (versions, hasNewest) = (new List<BackendVersion>(), false);
        foreach (var (number, entry) in metadata.Versions.OrderByDescending(version => version.Key))
        {
            // Deleted, or due to be (delete_version_after): the second is an expiry date.
            var deletedOn = Date(entry.DeletionTime);
            var version = entry.Destroyed || deletedOn <= time.GetUtcNow() ? null : await ReadAsync(request, number, entry, deletedOn, isNewest: !hasNewest, ct).ConfigureAwait(false);
            hasNewest |= version is not null;
            versions.Add(version ?? new BackendVersion(IdOf(number, entry), value: null) { IsEnabled = false, CreatedOn = entry.CreatedTime });
        }

        // Of what has ended, what was in use is told, for an absence is a weaker word than an end; and all if there is nothing else.
        versions.RemoveAll(version => hasNewest && !version.IsEnabled && !request.KnownVersionIds.Contains(version.Id));
        versions.Reverse();
        return versions.Count == 0
            ? throw VaultErrors.NoSecret(request, settings)
            : new BackendListing(versions)
            {
                Revision = RevisionOf(metadata),
                Owner = metadata.CustomMetadata?.GetValueOrDefault("owner"),
                Purpose = metadata.CustomMetadata?.GetValueOrDefault("purpose"),
            };
    }

    /// <summary>Deletes the version, which <c>vault kv undelete</c> undoes. Only on somebody's explicit call: others read it too.</summary>
    public async ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var metadata = await vault.GetAsync(new BackendRequest(revocation.CredentialName, revocation.Key), Address("metadata", revocation.Key), VaultJson.Default.VaultAnswerKvMetadata, ct).ConfigureAwait(false);
        if (metadata?.Versions.FirstOrDefault(version => IdOf(version.Key, version.Value) == revocation.VersionId) is { Value: not null, Key: var number })
        {
            var path = $"{settings.Mount}/delete/{revocation.Key.Trim('/')}";
            var body = new Dictionary<string, JsonElement> { ["versions"] = JsonSerializer.SerializeToElement([number], VaultJson.Default.Int32Array) };
            await vault.SendAsync(VaultCall.Write(revocation.CredentialName, path, body) with { TakesRefusal = false }, ct).ConfigureAwait(false);
        }
    }

    public string Locate(string key) => $"{settings.Mount}/{key}";

    // What only grows is the number of the last version, and after "kv metadata delete" the time of creation, which never changes: no node's clock of today is in it. A tick is less than a write takes.
    private static long RevisionOf(KvMetadata metadata) => metadata.CreatedTime.UtcTicks + metadata.CurrentVersion;

    // After "kv metadata delete" Vault numbers from 1 again; with the time of creation an id is never used for a second value.
    private static string IdOf(int number, KvVersion entry) => string.Create(CultureInfo.InvariantCulture, $"{number}-{entry.CreatedTime.UtcDateTime:yyyyMMdd'T'HHmmssfffffff}");

    private async Task<BackendVersion?> ReadAsync(BackendRequest request, int number, KvVersion entry, DateTimeOffset? deletedOn, bool isNewest, CancellationToken ct)
    {
        var id = IdOf(number, entry);
        SecretValue? value = null;
        if (!request.KnownVersionIds.Contains(id))
        {
            try
            {
                var address = string.Create(CultureInfo.InvariantCulture, $"{Address("data", request.Key)}?version={number}");
                var secret = await vault.GetAsync(request, address, VaultJson.Default.VaultAnswerKvData, ct, carriesValue: true).ConfigureAwait(false);
                if (secret?.Data is not { ValueKind: JsonValueKind.Object } data)
                {
                    return null; // Deleted since the metadata was read.
                }

                value = VaultValue.Of(request, settings.Field, data.GetRawText(), $"version '{id}' of the Vault secret '{request.Key}'");
            }
            catch (BackendException error) when (error.Failure is BackendFailure.AccessDenied or BackendFailure.InvalidContent && !isNewest)
            {
                // A policy may close single versions, and one may lack the field. Listed without its value an old one is asked for again, and stops no newer one.
            }
        }

        return new BackendVersion(id, value) { CreatedOn = entry.CreatedTime, ExpiresOn = deletedOn };
    }

    private string Address(string kind, string path) => $"/v1/{VaultPath.Escape(settings.Mount)}/{kind}/{VaultPath.Escape(path)}";

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
