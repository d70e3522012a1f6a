using System.Globalization;
using System.Text;
using System.Text.Json;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Kv;

/// <summary>The versions of a secret in a KV engine, version 2. Unchanged, a listing costs one call, which carries no value.</summary>
internal sealed class KvBackend(VaultHttp vault, VaultSettings settings, TimeProvider time) : ICredentialBackend
{
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var metadata = await vault.GetAsync(request, Address("metadata", request.Key), VaultJson.Default.VaultAnswerKvMetadata, ct).ConfigureAwait(false)
            ?? throw NotFound(request);
        var versions = new List<BackendVersion>();
        foreach (var (number, entry) in metadata.Versions.OrderBy(version => version.Key))
        {
            // Deleted, or due to be (delete_version_after): the second is an expiry date.
            var deletedOn = Date(entry.DeletionTime);
            if (!entry.Destroyed && !(deletedOn <= time.GetUtcNow())
                && await ReadAsync(request, number, entry, deletedOn, ct).ConfigureAwait(false) is { } version)
            {
                versions.Add(version);
            }
        }

        return versions.Count == 0
            ? throw NotFound(request)
            : new BackendListing(versions)
            {
                Revision = Date(metadata.UpdatedTime)?.UtcTicks,
                Owner = metadata.CustomMetadata?.GetValueOrDefault("owner"),
                Purpose = metadata.CustomMetadata?.GetValueOrDefault("purpose"),
            };
    }

    public string Locate(string key) => $"{settings.Mount}/{key}";

    private async Task<BackendVersion?> ReadAsync(BackendRequest request, int number, KvVersion entry, DateTimeOffset? deletedOn, CancellationToken ct)
    {
        // After "kv metadata delete" Vault numbers from 1 again; with the time of creation an id is never used for a second value.
        var id = string.Create(CultureInfo.InvariantCulture, $"{number}-{entry.CreatedTime.UtcDateTime:yyyyMMdd'T'HHmmssfffffff}");
        SecretValue? value = null;
        if (!request.KnownVersionIds.Contains(id))
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"{Address("data", request.Key)}?version={number}");
            var secret = await vault.GetAsync(request, address, VaultJson.Default.VaultAnswerKvData, ct).ConfigureAwait(false);
            if (secret?.Data is not { ValueKind: JsonValueKind.Object } data)
            {
                return null; // Deleted since the metadata was read.
            }

            value = Value(request, data.GetRawText(), id);
        }

        return new BackendVersion(id, value) { CreatedOn = entry.CreatedTime, ExpiresOn = deletedOn };
    }

    private SecretValue Value(BackendRequest request, string json, string id) => SecretValue.FromText(settings.Field is { } field
        ? JsonSecret.ReadField(Encoding.UTF8.GetBytes(json), field, request.CredentialName, $"version '{id}' of the Vault secret '{request.Key}'")
        : json);

    private string Address(string kind, string path) =>
        $"/v1/{Escape(settings.Mount)}/{kind}/{Escape(path.Trim('/'))}";

    private static string Escape(string path) => string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    private static BackendException NotFound(BackendRequest request) => new(
        request.CredentialName, BackendFailure.NotFound, $"Vault has no readable version of '{request.Key}'", "Check the path, the mount and the namespace, or store a version: vault kv put <path> field=-");

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
