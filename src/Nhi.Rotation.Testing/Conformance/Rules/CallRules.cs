namespace Nhi.Rotation.Testing;

/// <summary>How calls end early, and how they run side by side.</summary>
internal static class CallRules
{
    private const int Keys = 4;
    private const int CallsPerKey = 16;

    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B21", "A call with a token that is cancelled already ends at once with OperationCanceledException.", RefusesCancelledTokenAsync),
        new("NHI-B22", "A call that is cancelled while the store is silent ends at once with OperationCanceledException.", StopsWaitingAsync),
        new("NHI-B23", "Calls may run side by side: each of 64 at once gives what it gives alone.", RunsSideBySideAsync),
    ];

    private static async Task<Finding> RefusesCancelledTokenAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        return await EndsCancelledAsync(run, StartAsync(run, key, new CancellationToken(canceled: true))).ConfigureAwait(false);
    }

    private static async Task<Finding> StopsWaitingAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        var before = run.Fixture.StoreCalls;
        using var block = run.Fixture.TryBlock();
        if (block is null)
        {
            return Finding.NotApplicable("the fixture cannot block the store");
        }

        using var cancellation = CancellationTokenSource.CreateLinkedTokenSource(run.Ct);
        var call = StartAsync(run, key, cancellation.Token);
        await ArrivalAsync(run, before, call).ConfigureAwait(false);
        await cancellation.CancelAsync().ConfigureAwait(false);
        return await EndsCancelledAsync(run, call).ConfigureAwait(false);
    }

    // A call that is cancelled before it arrived proves less, so it gets a moment; where arrivals are not counted, a fiftieth of the patience.
    private static async Task ArrivalAsync(RuleRun run, long? before, Task call)
    {
        var step = run.Fixture.Patience / 50;
        for (var waited = TimeSpan.Zero; waited < run.Fixture.Patience && !call.IsCompleted; waited += step)
        {
            await Task.Delay(step, run.Time, run.Ct).ConfigureAwait(false);
            if (before is null || run.Fixture.StoreCalls > before)
            {
                return;
            }
        }
    }

    private static async Task<Finding> EndsCancelledAsync(RuleRun run, Task<BackendListing> call)
    {
        if (!await run.HappensAsync(call).ConfigureAwait(false))
        {
            return Finding.Failed($"the call goes on {run.Fixture.Patience.TotalSeconds:0.#} s after it was cancelled");
        }

        return call switch
        {
            { IsCanceled: true } => Finding.Passed,
            { Exception.InnerException: { } error } => Finding.Failed($"the call ended with {error.GetType().Name}"),
            _ => Finding.Failed("the call gave a listing"),
        };
    }

    private static async Task<Finding> RunsSideBySideAsync(RuleRun run)
    {
        var expected = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var number = 0; number < Keys; number++)
        {
            var key = await run.NewKeyWithAsync(run.NewValue(), run.NewValue()).ConfigureAwait(false);
            expected[key] = Fingerprint(await run.ListAsync(key).ConfigureAwait(false));
        }

        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var calls = Enumerable.Range(0, CallsPerKey).SelectMany(_ => expected.Keys).Select(async key =>
        {
            await go.Task.ConfigureAwait(false);
            return Fingerprint(await run.ListAsync(key).ConfigureAwait(false)) == expected[key];
        }).ToArray();
        go.SetResult();
        var same = await Task.WhenAll(calls).ConfigureAwait(false);
        var wrong = same.Count(isSame => !isSame);
        return wrong == 0 ? Finding.Passed : Finding.Failed($"{wrong} of {same.Length} listings differ from the one asked for alone");
    }

    private static Task<BackendListing> StartAsync(RuleRun run, string key, CancellationToken ct) =>
        Task.Run(async () => await run.Backend.ListAsync(RuleRun.Request(key), ct).ConfigureAwait(false), CancellationToken.None);

    private static string Fingerprint(BackendListing listing) => ListingFingerprint.Of(listing);
}
