namespace Nhi.Rotation.Testing;

/// <summary>How a listing follows the store.</summary>
internal static class ChangeRules
{
    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B12", "A listing shows every change made before it was asked for: nothing is cached.", ShowsChangesAsync),
        new("NHI-B13", "A disabled version is listed as disabled or not at all.", WithdrawsDisabledAsync),
        new("NHI-B14", "A deleted version is listed as disabled or not at all.", WithdrawsDeletedAsync),
        new("NHI-B15", "A revision, if there is one, grows with each change and never falls.", CountsRevisionsAsync),
    ];

    private static async Task<Finding> ShowsChangesAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        for (var change = 1; change <= 3; change++)
        {
            await run.ListAsync(key).ConfigureAwait(false);
            var value = run.NewValue();
            await run.Fixture.PutAsync(key, value, run.Ct).ConfigureAwait(false);
            if (RuleRun.Find(await run.ListAsync(key).ConfigureAwait(false), value) is null)
            {
                return Finding.Failed($"change {change} is not in the listing that was asked for after it");
            }
        }

        return Finding.Passed;
    }

    private static Task<Finding> WithdrawsDisabledAsync(RuleRun run) =>
        WithdrawsAsync(run, run.Fixture.TryDisableAsync, "disabled");

    private static Task<Finding> WithdrawsDeletedAsync(RuleRun run) =>
        WithdrawsAsync(run, run.Fixture.TryRemoveAsync, "deleted");

    private static async Task<Finding> WithdrawsAsync(RuleRun run, Func<string, string, CancellationToken, ValueTask<bool>> withdraw, string how)
    {
        var old = run.NewValue();
        var young = run.NewValue();
        var key = await run.NewKeyWithAsync(old, young).ConfigureAwait(false);
        var before = await run.ListAsync(key).ConfigureAwait(false);
        if (RuleRun.Find(before, old) is not { } victim)
        {
            return Finding.NotApplicable("the backend lists only the newest version");
        }

        if (!await withdraw(key, victim.Id, run.Ct).ConfigureAwait(false))
        {
            return Finding.NotApplicable($"the store has no {how} versions");
        }

        var after = await run.ListAsync(key).ConfigureAwait(false);
        if (after.Versions.Any(version => version.IsEnabled && (version.Id == victim.Id || RuleRun.TextOf(version) == old)))
        {
            return Finding.Failed($"the {how} version is still listed as enabled");
        }

        return RuleRun.Find(after, young) is { IsEnabled: true }
            ? Finding.Passed
            : Finding.Failed($"the version beside the {how} one is no longer listed as enabled");
    }

    private static async Task<Finding> CountsRevisionsAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        var last = (await run.ListAsync(key).ConfigureAwait(false)).Revision;
        if (last is null)
        {
            return Finding.NotApplicable("the backend has no revisions");
        }

        for (var change = 1; change <= 3; change++)
        {
            await run.Fixture.PutAsync(key, run.NewValue(), run.Ct).ConfigureAwait(false);
            var next = (await run.ListAsync(key).ConfigureAwait(false)).Revision;
            if (next is null || next <= last)
            {
                return Finding.Failed($"revision {last} is followed by {next?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? "none"} after a change");
            }

            last = next;
        }

        return Finding.Passed;
    }
}
