namespace Nhi.Rotation.Testing;

/// <summary>What a listing looks like.</summary>
internal static class ListingRules
{
    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B01", "A listing has at least one version and names each version once.", NamesEachVersionOnceAsync),
        new("NHI-B02", "A version keeps its id in every listing.", KeepsIdsAsync),
        new("NHI-B03", "A version id reveals nothing of the value: neither the value itself nor a plain hash of it.", IdsRevealNothingAsync),
        new("NHI-B04", "Only the value carries the value: not the owner, the purpose or any ToString().", TextsRevealNothingAsync),
        new("NHI-B05", "At most one version is labelled current.", LabelsOneCurrentAsync),
        new("NHI-B06", "The version that was stored last is the newest one: by its label, else by its creation time, else by its place.", DatesVersionsAsync),
    ];

    private static async Task<Finding> NamesEachVersionOnceAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue(), run.NewValue(), run.NewValue()).ConfigureAwait(false);
        var versions = (await run.ListAsync(key).ConfigureAwait(false)).Versions;
        if (versions.Count == 0)
        {
            return Finding.Failed("three versions were stored and the listing is empty");
        }

        var distinct = versions.Select(version => version.Id).Distinct(StringComparer.Ordinal).Count();
        return distinct == versions.Count ? Finding.Passed : Finding.Failed($"{versions.Count} versions share {distinct} id(s)");
    }

    private static async Task<Finding> KeepsIdsAsync(RuleRun run)
    {
        var old = run.NewValue();
        var young = run.NewValue();
        var key = await run.NewKeyWithAsync(old).ConfigureAwait(false);
        var first = RuleRun.Find(await run.ListAsync(key).ConfigureAwait(false), old);
        if (first is null)
        {
            return Finding.Failed("no version has the value that was stored");
        }

        await run.Fixture.PutAsync(key, young, run.Ct).ConfigureAwait(false);
        var second = await run.ListAsync(key).ConfigureAwait(false);
        var third = await run.ListAsync(key).ConfigureAwait(false);
        if (RuleRun.Find(second, old) is { } kept && kept.Id != first.Id)
        {
            return Finding.Failed("the first version has another id since there is a second one");
        }

        if (RuleRun.Find(second, young)?.Id == first.Id)
        {
            return Finding.Failed("the second version has the id of the first one");
        }

        return second.Versions.Select(version => version.Id).SequenceEqual(third.Versions.Select(version => version.Id), StringComparer.Ordinal)
            ? Finding.Passed
            : Finding.Failed("two listings without a change between them have other ids or another order");
    }

    private static async Task<Finding> IdsRevealNothingAsync(RuleRun run)
    {
        string[] values = [run.NewValue(), run.NewValue()];
        var key = await run.NewKeyWithAsync(values).ConfigureAwait(false);
        foreach (var version in (await run.ListAsync(key).ConfigureAwait(false)).Versions)
        {
            foreach (var value in values)
            {
                if (IdDisclosure.Find(version.Id, value) is { } how)
                {
                    return Finding.Failed($"an id contains {how}");
                }
            }
        }

        return Finding.Passed;
    }

    private static async Task<Finding> TextsRevealNothingAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue(), run.NewValue()).ConfigureAwait(false);
        var listing = await run.ListAsync(key).ConfigureAwait(false);
        (string Place, string? Text)[] texts =
        [
            ("the owner", listing.Owner),
            ("the purpose", listing.Purpose),
            ("ToString() of the listing", listing.ToString()),
            ("ToString() of the backend", run.Backend.ToString()),
            .. listing.Versions.Select(version => ("ToString() of a version", (string?)version.ToString().Replace(version.Id, "", StringComparison.Ordinal))),
        ];
        var leak = Array.Find(texts, text => run.Reveals(text.Text));
        return leak.Place is null ? Finding.Passed : Finding.Failed($"{leak.Place} contains the value");
    }

    private static async Task<Finding> LabelsOneCurrentAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue(), run.NewValue(), run.NewValue()).ConfigureAwait(false);
        var current = (await run.ListAsync(key).ConfigureAwait(false)).Versions.Count(version => version.Label == VersionLabel.Current);
        return current <= 1 ? Finding.Passed : Finding.Failed($"{current} versions are labelled current");
    }

    private static async Task<Finding> DatesVersionsAsync(RuleRun run)
    {
        var last = run.NewValue();
        var key = await run.NewKeyWithAsync(run.NewValue(), run.NewValue(), last).ConfigureAwait(false);
        var newest = Newest(await run.ListAsync(key).ConfigureAwait(false));
        if (newest is null)
        {
            return Finding.Failed("no version is enabled and either labelled current or not labelled");
        }

        return RuleRun.TextOf(newest) == last
            ? Finding.Passed
            : Finding.Failed("another version than the one stored last counts as the newest");
    }

    // The engine's order: the label wins; creation times count where both versions have one; among equals the later one in the listing is newer.
    private static BackendVersion? Newest(BackendListing listing) =>
        listing.Versions.FirstOrDefault(version => version.Label == VersionLabel.Current)
        ?? listing.Versions.Where(version => version.IsEnabled && version.Label == VersionLabel.None).Aggregate(
            default(BackendVersion),
            (best, next) => next.CreatedOn < best?.CreatedOn ? best : next);
}
