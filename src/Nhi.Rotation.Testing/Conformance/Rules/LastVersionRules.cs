namespace Nhi.Rotation.Testing;

/// <summary>How the end of the only version is told.</summary>
internal static class LastVersionRules
{
    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B36", "A known version that was disabled or revoked is listed as such, though no other one is left.", EndsLastAsync),
    ];

    private static async Task<Finding> EndsLastAsync(RuleRun run)
    {
        var isApplicable = false;
        foreach (var (how, end) in new (string, Func<string, string, CancellationToken, ValueTask<bool>>)[] { ("disabled", run.Fixture.TryDisableAsync), ("revoked", run.Fixture.TryRevokeAsync) })
        {
            var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
            var id = (await run.ListAsync(key).ConfigureAwait(false)).Versions[0].Id;
            if (!await end(key, id, run.Ct).ConfigureAwait(false))
            {
                continue;
            }

            isApplicable = true;
            if (await FindAsync(run, key, id).ConfigureAwait(false) is null)
            {
                return Finding.Failed($"the only version was {how}, and a process that knows it does not hear of that");
            }
        }

        return isApplicable ? Finding.Passed : Finding.NotApplicable("the store can neither disable nor revoke a version");
    }

    private static async Task<BackendVersion?> FindAsync(RuleRun run, string key, string id)
    {
        try
        {
            return (await run.ListAsync(key, new HashSet<string>(StringComparer.Ordinal) { id }).ConfigureAwait(false)).Versions.FirstOrDefault(version => version.Id == id);
        }
        catch (BackendException)
        {
            return null;
        }
    }
}
