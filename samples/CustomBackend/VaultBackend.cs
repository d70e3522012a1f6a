using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Nhi.Rotation;

namespace CustomBackend;

/// <summary>
/// Versions of a secret in HashiCorp Vault's KV version 2 engine. The key is the secret's path under the mount. The value is the entry <c>value</c>
/// (text) or <c>value_base64</c> (binary) of its data; the custom metadata <c>owner</c> and <c>purpose</c> are passed on.
/// </summary>
/// <remarks>
/// The client brings the address and the headers (<c>X-Vault-Token</c>, <c>X-Vault-Namespace</c>); <see cref="VaultClient"/> makes one. The token's
/// policy needs <c>read</c> on <c>mount/metadata/path</c> and <c>mount/data/path</c>.
/// </remarks>
public sealed class VaultBackend(HttpClient http, string mount, TimeProvider time) : ICredentialBackend
{
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var metadata = await GetAsync(request, Address("metadata", request.Key), VaultJson.Default.VaultAnswerVaultMetadata, ct)
            ?? throw NotFound(request);

        // Vault keeps ten versions unless told otherwise, so the first listing makes a handful of calls and the later ones only this one.
        var versions = new List<BackendVersion>();
        foreach (var (number, entry) in metadata.Versions.OrderBy(version => version.Key))
        {
            // Deleted, or due to be (delete_version_after): the second is an expiry date.
            var deletedOn = Date(entry.DeletionTime);
            if (await ReadAsync(request, number, entry, deletedOn, ct) is { } version)
            {
                versions.Add(version);
            }
        }

        return versions.Count == 0
            ? throw NotFound(request)
            : new BackendListing(versions)
            {
                Revision = metadata.CreatedTime.UtcTicks + metadata.CurrentVersion,
                Owner = metadata.CustomMetadata?.GetValueOrDefault("owner"),
                Purpose = metadata.CustomMetadata?.GetValueOrDefault("purpose"),
            };
    }

    private async Task<BackendVersion?> ReadAsync(BackendRequest request, int number, VaultVersion entry, DateTimeOffset? deletedOn, CancellationToken ct)
    {
        // After "kv metadata delete" Vault numbers from 1 again; with the time of creation an id is never used for a second value.
        var id = string.Create(CultureInfo.InvariantCulture, $"{number}-{entry.CreatedTime.UtcDateTime:yyyyMMdd'T'HHmmssfffffff}");
        var isKnown = request.KnownVersionIds.Contains(id);
        if (entry.Destroyed || deletedOn <= time.GetUtcNow())
        {
            // Whoever has it must hear that it has ended, all the more if no other one is left.
            return isKnown ? new BackendVersion(id, value: null) { CreatedOn = entry.CreatedTime, IsEnabled = false } : null;
        }

        SecretValue? value = null;
        if (!isKnown)
        {
            var address = string.Create(CultureInfo.InvariantCulture, $"{Address("data", request.Key)}?version={number}");
            var secret = await GetAsync(request, address, VaultJson.Default.VaultAnswerVaultSecret, ct);
            if (secret?.Data is null)
            {
                return null; // Deleted since the metadata was read.
            }

            value = Value(request, secret.Data);
        }

        return new BackendVersion(id, value) { CreatedOn = entry.CreatedTime, ExpiresOn = deletedOn };
    }

    private static SecretValue Value(BackendRequest request, Dictionary<string, JsonElement> data)
    {
        if (data.TryGetValue("value", out var text) && text.ValueKind == JsonValueKind.String && text.GetString() is { Length: > 0 } found)
        {
            return SecretValue.FromText(found);
        }

        if (data.TryGetValue("value_base64", out var base64) && base64.ValueKind == JsonValueKind.String && base64.TryGetBytesFromBase64(out var bytes) && bytes.Length > 0)
        {
            return SecretValue.FromBytes(bytes);
        }

        throw new BackendException(
            request.CredentialName, BackendFailure.InvalidContent, $"the secret '{request.Key}' has no usable 'value' or 'value_base64'", "Store the value with: vault kv put <path> value=-");
    }

    /// <summary>What Vault answers, or <see langword="null"/> for 404: no such secret, or a deleted version.</summary>
    private async Task<T?> GetAsync<T>(BackendRequest request, string address, JsonTypeInfo<VaultAnswer<T>> type, CancellationToken ct)
        where T : class
    {
        try
        {
            using var response = await http.GetAsync(new Uri(address, UriKind.Relative), ct);
            if (response.StatusCode == HttpStatusCode.NotFound)
            {
                return null;
            }

            if (response.StatusCode != HttpStatusCode.OK)
            {
                throw Refused(request, response);
            }

            await using var body = await response.Content.ReadAsStreamAsync(ct);
            return (await JsonSerializer.DeserializeAsync(body, type, ct))?.Data
                ?? throw new JsonException();
        }
        catch (JsonException)
        {
            // The original message can quote the body, so nothing of it is kept.
            throw new BackendException(request.CredentialName, BackendFailure.InvalidContent, "Vault's answer is not what its API promises", "Check that the address is Vault's and the mount is a KV engine of version 2.");
        }
        catch (Exception error) when (error is HttpRequestException || (error is OperationCanceledException && !ct.IsCancellationRequested))
        {
            throw new BackendException(request.CredentialName, BackendFailure.Unavailable, $"Vault at {http.BaseAddress?.Authority} did not answer ({error.GetType().Name})", "Check the address, the network path and TLS.");
        }
    }

    private BackendException Refused(BackendRequest request, HttpResponseMessage response)
    {
        var (failure, fix) = (int)response.StatusCode switch
        {
            403 => (BackendFailure.AccessDenied, $"Renew the token, or give its policy 'read' on '{mount}/metadata/{request.Key}' and '{mount}/data/{request.Key}'."),
            429 => (BackendFailure.Throttled, "Refresh less often, or raise Vault's rate limit quota."),
            412 or >= 472 => (BackendFailure.Unavailable, "Look at Vault's own log; after a restart it has to be unsealed."),
            _ => (BackendFailure.Misconfigured, "Check the address, the namespace and the mount; redirects are not followed, so give the address of the active node."),
        };
        return new BackendException(request.CredentialName, failure, $"Vault answered {(int)response.StatusCode}", fix)
        {
            RetryAfter = response.Headers.RetryAfter?.Delta,
        };
    }

    private static BackendException NotFound(BackendRequest request) =>
        new(request.CredentialName, BackendFailure.NotFound, $"Vault has no readable version of '{request.Key}'", "Check the path and the mount, or store a version: vault kv put <path> value=-");

    private string Address(string kind, string path) => $"v1/{mount}/{kind}/{string.Join('/', path.Split('/').Select(Uri.EscapeDataString))}";

    private static DateTimeOffset? Date(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date) ? date : null;
}
