using Nhi.Rotation.Lifecycle;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Providers;

/// <summary>Ends versions in their stores, on somebody's call.</summary>
/// <param name="find">The credential of a name.</param>
/// <param name="caller">Calls stores.</param>
/// <param name="log">Hears of each.</param>
internal sealed class StoreRevoker(Func<string, CredentialCore> find, BackendCaller caller, EngineLog log) : IStoreRevoker
{
    public async ValueTask<bool> RevokeAsync(string credentialName, string versionId, string why, bool evenIfLast = false, CancellationToken ct = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        ArgumentException.ThrowIfNullOrEmpty(why);
        var core = find(credentialName);
        if (core.Backend is not IBackendRevoker store)
        {
            throw new BackendException(
                credentialName,
                BackendFailure.Misconfigured,
                "its backend has no way to end a version in the store",
                "Revoke the version here (RevokeAsync) or by a list of revocations, and end it where it is stored. Nothing was done.");
        }

        if (!evenIfLast && !store.OwnsVersions)
        {
            await RefuseLastAsync(core, versionId, ct).ConfigureAwait(false);
        }

        // By its value too, as a revocation in the process has it.
        var id = core.Shelf.IdOf(versionId);
        var isKnown = core.State.Find(id) is not null;
        await core.DeclareRevokedAsync(id, why, ct).ConfigureAwait(false);
        await EndAsync(store, new BackendRevocation(credentialName, core.Key, id), why, isKnown, ct).ConfigureAwait(false);

        // It has happened; how the refresh goes is told by the log and the set.
        await core.RefreshAsync(RefreshReason.Requested, ct).ConfigureAwait(false);
        return isKnown;
    }

    // What is known may be old: before anybody is refused, or a version is not found, the store is asked.
    private static async ValueTask RefuseLastAsync(CredentialCore core, string versionId, CancellationToken ct)
    {
        if (core.State.Find(core.Shelf.IdOf(versionId)) is null || IsLast(core, versionId))
        {
            var result = await core.RefreshAsync(RefreshReason.Requested, ct).ConfigureAwait(false);
            if (result.Error is { } error && core.State.Versions.IsEmpty)
            {
                throw new BackendException(
                    core.Name, error.Failure, $"which versions there are is not known, so this may be the last one, and nothing was done: {error.Cause}", $"{error.Fix} Or say evenIfLast.")
                {
                    RetryAfter = error.RetryAfter,
                };
            }
        }

        if (IsLast(core, versionId))
        {
            throw new LastVersionException(
                core.Name,
                $"version '{core.Shelf.IdOf(versionId)}' is the only one that can be presented, and once it is ended in the store every process that reads it there has none",
                "Store a new value first and end this one then; or say evenIfLast, if no key is better than this one. Nothing was done.");
        }
    }

    private static bool IsLast(CredentialCore core, string versionId) => Presentability.IsLast(core.State, core.Shelf.IdOf(versionId));

    private async ValueTask EndAsync(IBackendRevoker store, BackendRevocation revocation, string why, bool isKnown, CancellationToken ct)
    {
        try
        {
            await caller.RevokeAsync(store, revocation, ct).ConfigureAwait(false);
            if (isKnown)
            {
                log.RevokedInStore(revocation.CredentialName, revocation.VersionId, why);
            }
            else
            {
                log.UnknownToStore(revocation.CredentialName, revocation.VersionId, why);
            }
        }
        catch (BackendException error)
        {
            log.NotRevokedInStore(revocation.CredentialName, revocation.VersionId, why, $"{error.Cause}. {error.Fix}");
            throw new BackendException(
                revocation.CredentialName,
                error.Failure,
                $"version '{revocation.VersionId}' is revoked in this process, and may still be valid in its store and elsewhere: {error.Cause}",
                error.Fix)
            {
                RetryAfter = error.RetryAfter,
            };
        }
    }
}
