using System.Security.Cryptography;

namespace Nhi.Rotation.Testing;

/// <summary>What a backend says when it cannot list.</summary>
internal static class FailureRules
{
    private static readonly BackendFailure[] Kinds =
        [BackendFailure.Unavailable, BackendFailure.Throttled, BackendFailure.AccessDenied, BackendFailure.InvalidContent, BackendFailure.Misconfigured];

    public static IEnumerable<Checked<RuleRun>> All { get; } =
    [
        new("NHI-B16", "A key that the store does not have is a NotFound error, never an empty listing.", ReportsMissingKeyAsync),
        new("NHI-B17", "An error names the credential that was asked for, the cause and the fix.", NamesCredentialAsync),
        new("NHI-B18", "An error carries no value: neither in its text nor in its data.", CarriesNoValueAsync),
        new("NHI-B19", "Failures are told apart: unavailable, throttled, access denied, unusable content, wrong set-up.", TellsFailuresApartAsync),
        new("NHI-B20", "A failed call is not retried inside the backend: the engine does that.", DoesNotRetryAsync),
    ];

    private static async Task<Finding> ReportsMissingKeyAsync(RuleRun run)
    {
        var error = await run.ListFailureAsync(RuleRun.Request(run.Fixture.NewKey())).ConfigureAwait(false);
        if (error.Failure != BackendFailure.NotFound)
        {
            return Finding.Failed($"a missing key is {error.Failure}");
        }

        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        foreach (var version in (await run.ListAsync(key).ConfigureAwait(false)).Versions)
        {
            if (!await run.Fixture.TryRemoveAsync(key, version.Id, run.Ct).ConfigureAwait(false))
            {
                return Finding.Passed;
            }
        }

        return await IsRefusedOrWithdrawnAsync(run, key).ConfigureAwait(false)
            ? Finding.Passed
            : Finding.Failed("a key whose only version was deleted gives an empty listing");
    }

    private static async Task<bool> IsRefusedOrWithdrawnAsync(RuleRun run, string key)
    {
        try
        {
            return (await run.ListAsync(key).ConfigureAwait(false)).Versions.Count > 0;
        }
        catch (BackendException error) when (error.Failure == BackendFailure.NotFound)
        {
            return true;
        }
    }

    private static async Task<Finding> NamesCredentialAsync(RuleRun run)
    {
        var name = "credential-" + RandomNumberGenerator.GetHexString(8, lowercase: true);
        foreach (var (kind, error) in await FailuresAsync(run, name).ConfigureAwait(false))
        {
            if (error.CredentialName != name)
            {
                return Finding.Failed($"{kind}: the error does not name the credential of the request");
            }

            if (string.IsNullOrWhiteSpace(error.Cause) || string.IsNullOrWhiteSpace(error.Fix))
            {
                return Finding.Failed($"{kind}: the error has no cause or no fix");
            }
        }

        return Finding.Passed;
    }

    private static async Task<Finding> CarriesNoValueAsync(RuleRun run)
    {
        foreach (var (kind, error) in await FailuresAsync(run, RuleRun.CredentialName).ConfigureAwait(false))
        {
            if (run.Reveals(error.ToString()) || error.Data.Values.Cast<object?>().Any(item => run.Reveals(item?.ToString())))
            {
                return Finding.Failed($"{kind}: the error contains the value");
            }
        }

        return Finding.Passed;
    }

    private static async Task<Finding> TellsFailuresApartAsync(RuleRun run)
    {
        var failures = (await FailuresAsync(run, RuleRun.CredentialName).ConfigureAwait(false)).Where(failure => failure.Kind != BackendFailure.NotFound).ToList();
        if (failures.Count == 0)
        {
            return Finding.NotApplicable("the fixture cannot make the store fail");
        }

        var wrong = failures.Find(failure => failure.Error.Failure != failure.Kind);
        return wrong.Error is null ? Finding.Passed : Finding.Failed($"{wrong.Kind} is reported as {wrong.Error.Failure}");
    }

    private static async Task<Finding> DoesNotRetryAsync(RuleRun run)
    {
        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        var listing = await run.ListAsync(key).ConfigureAwait(false);
        var known = listing.Versions.Select(version => version.Id).ToHashSet(StringComparer.Ordinal);
        var start = run.Fixture.StoreCalls;
        await run.ListAsync(key, known).ConfigureAwait(false);
        var needed = Math.Max(1, run.Fixture.StoreCalls - start ?? 0);
        var start2 = run.Fixture.StoreCalls;
        using (var failing = run.Fixture.TryFail(BackendFailure.Unavailable))
        {
            if (start is null || failing is null)
            {
                return Finding.NotApplicable("the fixture does not count calls, or cannot make the store fail");
            }

            await run.ListFailureAsync(RuleRun.Request(key)).ConfigureAwait(false);
        }

        var made = run.Fixture.StoreCalls - start2;
        if (made == 0)
        {
            return Finding.NotApplicable("the fixture does not count calls that fail");
        }

        return made <= needed ? Finding.Passed : Finding.Failed($"{made} calls reached a store that fails, where a listing needs {needed}");
    }

    /// <summary>The error of each failure that the fixture can bring about.</summary>
    private static async Task<List<(BackendFailure Kind, BackendException Error)>> FailuresAsync(RuleRun run, string credentialName)
    {
        var key = await run.NewKeyWithAsync(run.NewValue()).ConfigureAwait(false);
        var missing = new BackendRequest(credentialName, run.Fixture.NewKey());
        List<(BackendFailure, BackendException)> failures = [(BackendFailure.NotFound, await run.ListFailureAsync(missing).ConfigureAwait(false))];
        foreach (var kind in Kinds)
        {
            using var failing = run.Fixture.TryFail(kind);
            if (failing is not null)
            {
                failures.Add((kind, await run.ListFailureAsync(new BackendRequest(credentialName, key)).ConfigureAwait(false)));
            }
        }

        return failures;
    }
}
