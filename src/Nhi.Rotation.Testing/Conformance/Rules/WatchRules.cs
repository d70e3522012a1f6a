using Microsoft.Extensions.Primitives;

namespace Nhi.Rotation.Testing;

/// <summary>The push signal.</summary>
internal static class WatchRules
{
    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B24", "A watch token calls back after a change.", SignalsChangeAsync),
        new("NHI-B25", "A watch token fires once; the next one is new and fires for the next change.", RenewsTokenAsync),
        new("NHI-B26", "Watching a key that the store does not have does not throw.", WatchesMissingKeyAsync),
    ];

    private static async Task<Finding> SignalsChangeAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        if (run.Backend.Watch(key) is not { } token)
        {
            return NoSignal;
        }

        using var watch = new WatchedToken(token);
        await run.Fixture.PutAsync(key, run.NewValue(), run.Ct).ConfigureAwait(false);
        if (!await run.HappensAsync(watch.Fired).ConfigureAwait(false))
        {
            return Finding.Failed($"no callback {run.Fixture.Patience.TotalSeconds:0.#} s after a change");
        }

        return token.HasChanged ? Finding.Passed : Finding.Failed("the token called back and HasChanged is false");
    }

    private static async Task<Finding> RenewsTokenAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        if (run.Backend.Watch(key) is not { } first)
        {
            return NoSignal;
        }

        using var firstWatch = new WatchedToken(first);
        await run.Fixture.PutAsync(key, run.NewValue(), run.Ct).ConfigureAwait(false);
        if (!await run.HappensAsync(firstWatch.Fired).ConfigureAwait(false))
        {
            return Finding.NotApplicable("the first token did not fire, see NHI-B24");
        }

        if (await FreshTokenAsync(run, key).ConfigureAwait(false) is not { } second || ReferenceEquals(second, first))
        {
            return Finding.Failed("after a token fired, only tokens that have fired already are given");
        }

        using var secondWatch = new WatchedToken(second);
        await run.Fixture.PutAsync(key, run.NewValue(), run.Ct).ConfigureAwait(false);
        if (!await run.HappensAsync(secondWatch.Fired).ConfigureAwait(false))
        {
            return Finding.Failed("the second token does not fire for the second change");
        }

        return firstWatch.Calls == 1 ? Finding.Passed : Finding.Failed($"the first token called back {firstWatch.Calls} times");
    }

    private static Task<Finding> WatchesMissingKeyAsync(RuleRun run)
    {
        IChangeToken? token;
        try
        {
            token = run.Backend.Watch(run.Fixture.NewKey());
        }
#pragma warning disable CA1031 // Whatever is thrown is what the rule reports.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return Task.FromResult(Finding.Failed($"it throws {error.GetType().Name}"));
        }

        return Task.FromResult(token is null ? NoSignal : Finding.Passed);
    }

    private static Finding NoSignal => Finding.NotApplicable("the backend has no push signal");

    // One change may come with several events (a file that is written and renamed), so a new token may fire at once and is asked for again.
    private static async Task<IChangeToken?> FreshTokenAsync(RuleRun run, string key)
    {
        var step = run.Fixture.Patience / 50;
        for (var waited = TimeSpan.Zero; waited < run.Fixture.Patience; waited += step)
        {
            if (run.Backend.Watch(key) is { HasChanged: false } token)
            {
                return token;
            }

            await Task.Delay(step, run.Time, run.Ct).ConfigureAwait(false);
        }

        return null;
    }
}
