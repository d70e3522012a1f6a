namespace Nhi.Rotation.Testing;

/// <summary>Which values a listing gives, and that they are what was stored.</summary>
internal static class ValueRules
{
    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B07", "A version whose id is not known comes with its value.", GivesUnknownValuesAsync),
        new("NHI-B08", "A version whose id is known is still listed, without its value.", LeavesKnownValuesOutAsync),
        new("NHI-B09", "Text comes back exactly: any script, line breaks inside, spaces at both ends.", KeepsTextAsync),
        new("NHI-B10", "Binary content comes back exactly: every byte from 0 to 255.", KeepsBytesAsync),
        new("NHI-B11", "A known value is not fetched from the store again.", FetchesOnceAsync),
    ];

    private static async Task<Finding> GivesUnknownValuesAsync(RuleRun run)
    {
        var old = run.NewValue();
        var young = run.NewValue();
        var key = await run.NewKeyWithAsync(old, young).ConfigureAwait(false);
        if (RuleRun.Find(await run.ListAsync(key).ConfigureAwait(false), young) is not { } newest)
        {
            return Finding.Failed("no version has the value that was stored last, although no id was known");
        }

        var known = Ids(await run.ListAsync(key).ConfigureAwait(false));
        known.Remove(newest.Id);
        known.Add("long-gone");
        return RuleRun.Find(await run.ListAsync(key, known).ConfigureAwait(false), young) is not null
            ? Finding.Passed
            : Finding.Failed("no version has the value that was stored last, although only older ids were known");
    }

    private static async Task<Finding> LeavesKnownValuesOutAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue(), run.NewValue()).ConfigureAwait(false);
        var all = Ids(await run.ListAsync(key).ConfigureAwait(false));

        // An id that the store forgot long ago must not disturb.
        var again = await run.ListAsync(key, new HashSet<string>(all, StringComparer.Ordinal) { "long-gone" }).ConfigureAwait(false);
        if (!all.SetEquals(Ids(again)))
        {
            return Finding.Failed("the listing has other versions when their ids are known");
        }

        var given = again.Versions.Count(version => version.Value is not null);
        return given == 0 ? Finding.Passed : Finding.Failed($"{given} of {all.Count} known values are given again");
    }

    private static async Task<Finding> KeepsTextAsync(RuleRun run)
    {
        var canary = run.NewValue();
        (string Kind, string Text)[] texts =
        [
            ("ASCII with quotes, backslashes, percent signs and braces", $"{canary}\"'\\/%20%{{}}<>&?#;=,:@"),
            ("other scripts and emoji", $"{canary}-Grüße-пароль-密码-🔑"),
            ("a line break inside", $"{canary}\nsecond line\r\nthird\tline"),
            ("spaces at both ends", $"  {canary}  "),
        ];
        foreach (var (kind, text) in texts)
        {
            var key = await run.NewKeyWithAsync(text).ConfigureAwait(false);
            if (RuleRun.Find(await run.ListAsync(key).ConfigureAwait(false), text) is null)
            {
                return Finding.Failed($"not the same after a round trip: {kind}");
            }
        }

        return Finding.Passed;
    }

    private static async Task<Finding> KeepsBytesAsync(RuleRun run)
    {
        byte[] ascending = [.. Enumerable.Range(0, 256).Select(number => (byte)number)];
        byte[] descending = [.. ascending.Reverse()];
        foreach (var bytes in new[] { ascending, descending })
        {
            var key = run.Fixture.NewKey();
            if (!await run.Fixture.TryPutBinaryAsync(key, bytes, run.Ct).ConfigureAwait(false))
            {
                return Finding.NotApplicable("the store holds only text");
            }

            var versions = (await run.ListAsync(key).ConfigureAwait(false)).Versions;
            if (!versions.Any(version => RuleRun.BytesOf(version) is { } back && back.AsSpan().SequenceEqual(bytes)))
            {
                return Finding.Failed("256 bytes are not the same after a round trip");
            }
        }

        return Finding.Passed;
    }

    private static async Task<Finding> FetchesOnceAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue(), run.NewValue()).ConfigureAwait(false);
        var known = Ids(await run.ListAsync(key).ConfigureAwait(false));
        if (run.Fixture.ValuesFetched is not { } before)
        {
            return Finding.NotApplicable("the fixture does not count fetched values");
        }

        if (before == 0)
        {
            return Finding.NotApplicable("the fixture counted no value although one was fetched");
        }

        await run.ListAsync(key, known).ConfigureAwait(false);
        var fetched = run.Fixture.ValuesFetched - before;
        return fetched == 0 ? Finding.Passed : Finding.Failed($"{fetched} value(s) fetched although all were known");
    }

    private static HashSet<string> Ids(BackendListing listing) => [.. listing.Versions.Select(version => version.Id)];
}
