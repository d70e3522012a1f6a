namespace Nhi.Rotation.Testing;

/// <summary>What a backend makes of a refusal by the other side.</summary>
internal static class RejectionRules
{
    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B35", "What the other side refused is listed as before, unless the backend makes its versions for one process alone.", ListsRefusedAsync),
    ];

    private static async Task<Finding> ListsRefusedAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue(), run.NewValue()).ConfigureAwait(false);
        var known = (await run.ListAsync(key).ConfigureAwait(false)).Versions.Select(static version => version.Id).ToHashSet(StringComparer.Ordinal);
        var before = await run.ListAsync(key, known).ConfigureAwait(false);
        var after = await run.ListAsync(new BackendRequest(RuleRun.CredentialName, key, known) { RejectedVersionIds = known }).ConfigureAwait(false);
        if (run.Backend is IBackendRevoker { OwnsVersions: true })
        {
            return after.Versions.Any(static version => version is { IsEnabled: true, RevokedBecause: null }) ? Finding.Passed : Finding.Failed("after a refusal no version is listed as valid");
        }

        return ListingFingerprint.Of(after) == ListingFingerprint.Of(before) ? Finding.Passed : Finding.Failed("a listing after a refusal says something else than the one before it, and nothing was stored between them");
    }
}
