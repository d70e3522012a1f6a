namespace Nhi.Rotation.Testing;

/// <summary>Many keys in one call.</summary>
internal static class BatchRules
{
    // Enough to go beyond every store's limit known to us (Secrets Manager takes 20), and not yet slow.
    private const int LargestBatch = 100;

    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B27", "A batch gives each request, in the same order, what a call of its own gives.", EqualsSingleCallsAsync),
        new("NHI-B28", "A missing key in a batch fails its own request and no other.", KeepsFailuresApartAsync),
        new("NHI-B29", "A batch may be as large as MaxBatchSize, which is at least 1.", TakesWholeBatchAsync),
    ];

    private static async Task<Finding> EqualsSingleCallsAsync(RuleRun run)
    {
        if (run.Backend is not IBatchCredentialBackend batch)
        {
            return NoBatches;
        }

        var requests = await RequestsAsync(run, Math.Clamp(batch.MaxBatchSize, 1, 3)).ConfigureAwait(false);
        foreach (var listed in new[] { requests, [.. requests.Reverse()] })
        {
            var results = await ListManyAsync(run, batch, listed).ConfigureAwait(false);
            for (var index = 0; index < listed.Length; index++)
            {
                var single = await run.ListAsync(listed[index]).ConfigureAwait(false);
                if (results[index].Listing is not { } listing || ListingFingerprint.Of(listing) != ListingFingerprint.Of(single))
                {
                    return Finding.Failed($"result {index + 1} of {listed.Length} is not what a call of its own gives");
                }
            }
        }

        return Finding.Passed;
    }

    private static async Task<Finding> KeepsFailuresApartAsync(RuleRun run)
    {
        if (run.Backend is not IBatchCredentialBackend { MaxBatchSize: >= 3 } batch)
        {
            return NoBatches;
        }

        var requests = await RequestsAsync(run, count: 3).ConfigureAwait(false);
        requests[1] = new BackendRequest("missing", run.Fixture.NewKey());
        var results = await ListManyAsync(run, batch, requests).ConfigureAwait(false);
        if (results[0].Listing is null || results[2].Listing is null)
        {
            return Finding.Failed("a missing key fails its neighbours");
        }

        return results[1].Error is { Failure: BackendFailure.NotFound, CredentialName: "missing" }
            ? Finding.Passed
            : Finding.Failed("the missing key is not a NotFound error that names its credential");
    }

    private static async Task<Finding> TakesWholeBatchAsync(RuleRun run)
    {
        if (run.Backend is not IBatchCredentialBackend batch)
        {
            return NoBatches;
        }

        if (batch.MaxBatchSize < 1)
        {
            return Finding.Failed($"MaxBatchSize is {batch.MaxBatchSize}");
        }

        var requests = await RequestsAsync(run, Math.Min(batch.MaxBatchSize, LargestBatch)).ConfigureAwait(false);
        var results = await ListManyAsync(run, batch, requests).ConfigureAwait(false);
        var failed = results.Count(result => result.Listing is null);
        return failed == 0 ? Finding.Passed : Finding.Failed($"{failed} of {requests.Length} requests failed");
    }

    private static Finding NoBatches => Finding.NotApplicable("the backend does not list several keys at once");

    private static async Task<BackendRequest[]> RequestsAsync(RuleRun run, int count)
    {
        var requests = new BackendRequest[count];
        for (var index = 0; index < count; index++)
        {
            requests[index] = RuleRun.Request(await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false));
        }

        return requests;
    }

    private static async Task<IReadOnlyList<BackendResult>> ListManyAsync(RuleRun run, IBatchCredentialBackend batch, BackendRequest[] requests)
    {
        var results = await batch.ListManyAsync(requests, run.Ct).ConfigureAwait(false);
        return results is not null && results.Count == requests.Length
            ? results
            : throw new RuleBrokenException($"{requests.Length} requests have {results?.Count ?? 0} results");
    }
}
