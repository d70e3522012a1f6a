using System.Text;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.GoogleSecretManager.Api;
using Nhi.Rotation.GoogleSecretManager.Telemetry;

namespace Nhi.Rotation.GoogleSecretManager.Secrets;

/// <summary>
/// Google Secret Manager as a backend. The secret tells aliases, annotations and its expiry, the list of versions their states and dates; neither carries a value. Values
/// are read only of versions that are not known yet. Safe for concurrent use.
/// </summary>
internal sealed class SecretManagerBackend(SecretApi api, AliasNames names, ILogger logger) : IBackendRevoker
{
    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var address = SecretAddress.Parse(request.Key);
        var call = new SecretCall(request.CredentialName, address, api.Where(address));
        var secret = await api.GetSecretAsync(call, ct).ConfigureAwait(false);
        var all = await ReadVersionsAsync(call, secret, ct).ConfigureAwait(false);
        var versions = StagedVersion.Choose(secret, all, names, request.KnownVersionIds);
        var presented = versions.FindLast(static version => version is { RevokedBecause: null, IsEnabled: true, Label: VersionLabel.Current or VersionLabel.None });
        var isLost = VersionStages.Aliased(secret, names.Current) is { } current && !all.ContainsKey(current);
        if ((presented is null || isLost) && !versions.Exists(version => version is not { RevokedBecause: null, IsEnabled: true } && request.KnownVersionIds.Contains(version.Id)))
        {
            // To a process that knows one of those it is news that they have ended, and no error. Nor is the newest one what an alias wants that names none.
            throw isLost
                ? call.Error(BackendFailure.NotFound, $"secret '{address.Name}': its alias '{names.Current}' names a version that the secret does not have", "Move the alias to one that is there (gcloud secrets update --update-version-aliases).")
                : call.Error(BackendFailure.NotFound, $"secret '{address.Name}' has no enabled version that may be presented", "Add a version (gcloud secrets versions add), or enable one.");
        }

        var listed = await Task.WhenAll(versions.Select(version => ReadAsync(call, secret, version, isPresented: version == presented, request.KnownVersionIds, ct))).ConfigureAwait(false);
        return new BackendListing(listed) { Owner = Note(secret, "owner"), Purpose = Note(secret, "purpose") };
    }

    /// <summary>Disables the version, which <c>gcloud secrets versions enable</c> undoes. Only on somebody's explicit call: others read it too.</summary>
    public async ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var address = SecretAddress.Parse(revocation.Key);
        var call = new SecretCall(revocation.CredentialName, address, api.Where(address));

        // The date in the id is compared: a secret that was deleted and made again has another version under this number.
        if (StagedVersion.NumberOf(revocation.VersionId) is { } number
            && await api.FindVersionAsync(call, number, ct).ConfigureAwait(false) is { State: StagedVersion.Enabled } found
            && StagedVersion.IdOf(number, found) == revocation.VersionId
            && await api.DisableAsync(call, number, ct).ConfigureAwait(false) is { State: null or StagedVersion.Enabled })
        {
            throw call.Invalid($"version '{revocation.VersionId}' was to be disabled, and the answer does not say that it is");
        }
    }

    // Newest first; older pages only while an alias or the annotation names a version that was not seen.
    private async Task<Dictionary<long, VersionAnswer>> ReadVersionsAsync(SecretCall call, SecretAnswer secret, CancellationToken ct)
    {
        var found = new Dictionary<long, VersionAnswer>();
        var missing = StagedVersion.Named(secret, names);
        string? next = null;
        do
        {
            var page = await api.ListVersionsAsync(call, next, ct).ConfigureAwait(false);
            foreach (var version in page.Versions ?? [])
            {
                if (StagedVersion.NumberOf(version) is not { } number || version.CreateTime is null || version.State is null)
                {
                    throw call.Invalid("the answer has a version without number, date or state");
                }

                found.TryAdd(number, version);
                missing.Remove(number);
            }

            next = string.IsNullOrEmpty(page.NextPageToken) || page.NextPageToken == next ? null : page.NextPageToken;
        }
        while (next is not null && missing.Count > 0);
        return found;
    }

    private async Task<BackendVersion> ReadAsync(SecretCall call, SecretAnswer secret, StagedVersion version, bool isPresented, IReadOnlySet<string> known, CancellationToken ct)
    {
        SecretValue? value = null;
        try
        {
            if (version.IsEnabled && !known.Contains(version.Id) && await api.AccessAsync(call, version.Number, ct).ConfigureAwait(false) is { } payload)
            {
                value = Value(call, version, payload);
            }
        }
        catch (BackendException error) when (!isPresented)
        {
            Log.ValueMissing(logger, version.Id, version.Label, error.Message);
        }

        return new BackendVersion(version.Id, value)
        {
            Label = version.Label,
            IsEnabled = version.IsEnabled,
            RevokedBecause = version.RevokedBecause,
            CreatedOn = version.Entry.CreateTime,
            ExpiresOn = Earlier(secret.ExpireTime, version.Entry.ScheduledDestroyTime),
        };
    }

    private static SecretValue Value(SecretCall call, StagedVersion version, PayloadAnswer payload)
    {
        var data = payload.Data ?? [];
        if (payload.DataCrc32c is not { } checksum || checksum != Crc32C.Compute(data))
        {
            throw call.Invalid($"version '{version.Id}' came with {(payload.DataCrc32c is null ? "no" : "a wrong")} checksum");
        }

        if (data.Length == 0)
        {
            throw call.Error(BackendFailure.InvalidContent, $"version '{version.Id}' of secret '{call.Address.Name}' is empty", "Put a value into the secret.");
        }

        return call.Address.JsonField is { } field
            ? SecretValue.FromText(JsonSecret.ReadField(data, field, call.CredentialName, $"version '{version.Id}' of secret '{call.Address.Name}'"))
            : IsText(data) ? SecretValue.FromText(Encoding.UTF8.GetString(data)) : SecretValue.FromBytes(data);
    }

    // A payload is bytes; what is no text is kept as such.
    private static bool IsText(byte[] data) => System.Text.Unicode.Utf8.IsValid(data);

    private static DateTimeOffset? Earlier(DateTimeOffset? a, DateTimeOffset? b) => a is null || b < a ? b : a;

    private static string? Note(SecretAnswer secret, string key) => secret.Annotations?.GetValueOrDefault(key) ?? secret.Labels?.GetValueOrDefault(key);
}
