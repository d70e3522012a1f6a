namespace Nhi.Rotation.Testing;

/// <summary>How a listing tells what the store calls compromised.</summary>
internal static class RevocationRules
{
    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B30", "A version that the store calls revoked is listed as revoked, and gives its value like any other.", ListsRevokedAsync),
    ];

    private static async Task<Finding> ListsRevokedAsync(RuleRun run)
    {
        var old = run.NewValue();
        var young = run.NewValue();
        var key = await run.NewKeyWithAsync(old, young).ConfigureAwait(false);
        var before = await run.ListAsync(key).ConfigureAwait(false);
        if (RuleRun.Find(before, old) is not { } victim)
        {
            return Finding.NotApplicable("the backend lists only the newest version");
        }

        if (!await run.Fixture.TryRevokeAsync(key, victim.Id, run.Ct).ConfigureAwait(false))
        {
            return Finding.NotApplicable("the store cannot say that a version is revoked");
        }

        var after = await run.ListAsync(key).ConfigureAwait(false);
        if (after.Versions.FirstOrDefault(version => version.Id == victim.Id) is not { RevokedBecause: { } why } revoked || string.IsNullOrWhiteSpace(why))
        {
            return Finding.Failed("the revoked version is not listed as revoked");
        }

        if (run.Reveals(why))
        {
            return Finding.Failed("the reason contains the value");
        }

        if (RuleRun.TextOf(revoked) != old)
        {
            return Finding.Failed("the revoked version has lost its value, so that nobody knows it again under another id");
        }

        return RuleRun.Find(after, young) is { RevokedBecause: null } ? Finding.Passed : Finding.Failed("the version beside the revoked one is not listed, or as revoked too");
    }
}
