namespace Nhi.Rotation.Testing;

/// <summary>How a backend ends a version, if it can.</summary>
internal static class RevokerRules
{
    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B31", "A version that the backend was asked to revoke is listed as disabled, as revoked or not at all, and the one beside it stays.", EndsOneAsync),
        new("NHI-B32", "Revoking a version once more, or one that the store does not know, is no error.", TakesNoOffenceAsync),
        new("NHI-B33", "A revocation that failed is a BackendException that names the credential, the cause and the fix, and carries no value.", TellsFailureAsync),
        new("NHI-B34", "A revocation with a token that is cancelled already ends at once with OperationCanceledException.", RefusesCancelledTokenAsync),
    ];

    private static Finding CannotRevoke => Finding.NotApplicable("the backend cannot end a version");

    private static async Task<Finding> EndsOneAsync(RuleRun run)
    {
        if (run.Backend is not IBackendRevoker revoker)
        {
            return CannotRevoke;
        }

        var (key, old, young) = await TwoAsync(run).ConfigureAwait(false);
        var before = await run.ListAsync(key).ConfigureAwait(false);
        var beside = RuleRun.Find(before, old) is null ? null : RuleRun.Find(before, young);
        if ((RuleRun.Find(before, old) ?? RuleRun.Find(before, young)) is not { } victim)
        {
            return Finding.Failed("neither of two versions that were stored is listed with its value");
        }

        await revoker.RevokeAsync(Revocation(key, victim.Id), run.Ct).ConfigureAwait(false);
        IReadOnlyList<BackendVersion> after = [];
        try
        {
            after = (await run.ListAsync(key).ConfigureAwait(false)).Versions;
        }
        catch (BackendException error) when (error.Failure == BackendFailure.NotFound && beside is null)
        {
            // It was the only one.
        }

        return after.Any(version => version.Id == victim.Id && version is { IsEnabled: true, RevokedBecause: null }) ? Finding.Failed("the revoked version is still listed as valid")
            : beside is not null && !after.Any(version => version.Id == beside.Id && version is { IsEnabled: true, RevokedBecause: null }) ? Finding.Failed("the version beside the revoked one is no longer listed as valid")
            : Finding.Passed;
    }

    private static async Task<Finding> TakesNoOffenceAsync(RuleRun run)
    {
        if (run.Backend is not IBackendRevoker revoker)
        {
            return CannotRevoke;
        }

        var (key, _, _) = await TwoAsync(run).ConfigureAwait(false);
        var id = (await run.ListAsync(key).ConfigureAwait(false)).Versions[0].Id;
        var step = "revoking a version";
        try
        {
            await revoker.RevokeAsync(Revocation(key, id), run.Ct).ConfigureAwait(false);
            step = "revoking a version once more";
            await revoker.RevokeAsync(Revocation(key, id), run.Ct).ConfigureAwait(false);
            step = "revoking a version of a key that the store does not have";
            await revoker.RevokeAsync(Revocation(run.Fixture.NewKey(), id), run.Ct).ConfigureAwait(false);
        }
        catch (BackendException error)
        {
            return Finding.Failed($"{step} failed: {error.Failure}, {error.Cause}");
        }

        return Finding.Passed;
    }

    private static async Task<Finding> TellsFailureAsync(RuleRun run)
    {
        if (run.Backend is not IBackendRevoker revoker)
        {
            return CannotRevoke;
        }

        var (key, _, _) = await TwoAsync(run).ConfigureAwait(false);
        var id = (await run.ListAsync(key).ConfigureAwait(false)).Versions[0].Id;
        using var failure = run.Fixture.TryFail(BackendFailure.Unavailable);
        if (failure is null)
        {
            return Finding.NotApplicable("the fixture cannot make the store fail");
        }

        try
        {
            await revoker.RevokeAsync(Revocation(key, id), run.Ct).ConfigureAwait(false);
            return Finding.Failed("the store failed, and the revocation did not");
        }
        catch (BackendException error)
        {
            return error.CredentialName != RuleRun.CredentialName ? Finding.Failed($"the error names '{error.CredentialName}' instead of the credential")
                : string.IsNullOrWhiteSpace(error.Cause) || string.IsNullOrWhiteSpace(error.Fix) ? Finding.Failed("the error has no cause or no fix")
                : run.Reveals(error.ToString()) ? Finding.Failed("the error contains the value")
                : Finding.Passed;
        }
    }

    private static async Task<Finding> RefusesCancelledTokenAsync(RuleRun run)
    {
        if (run.Backend is not IBackendRevoker revoker)
        {
            return CannotRevoke;
        }

        var (key, _, _) = await TwoAsync(run).ConfigureAwait(false);
        var id = (await run.ListAsync(key).ConfigureAwait(false)).Versions[0].Id;
        var call = Task.Run(async () => await revoker.RevokeAsync(Revocation(key, id), new CancellationToken(canceled: true)).ConfigureAwait(false), CancellationToken.None);
        return !await run.HappensAsync(call).ConfigureAwait(false) ? Finding.Failed($"the call goes on {run.Fixture.Patience.TotalSeconds:0.#} s after it was cancelled")
            : call.IsCanceled ? Finding.Passed
            : Finding.Failed(call.Exception?.InnerException is { } error ? $"the call ended with {error.GetType().Name}" : "the version was revoked");
    }

    private static BackendRevocation Revocation(string key, string versionId) => new(RuleRun.CredentialName, key, versionId);

    private static async Task<(string Key, string Old, string Young)> TwoAsync(RuleRun run)
    {
        var (old, young) = (run.NewValue(), run.NewValue());
        return (await run.NewKeyWithAsync(old, young).ConfigureAwait(false), old, young);
    }
}
