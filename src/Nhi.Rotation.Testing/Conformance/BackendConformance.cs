namespace Nhi.Rotation.Testing;

/// <summary>
/// The rules that every <see cref="ICredentialBackend"/> keeps, and a way to check them from any test framework or program. Run each rule as a
/// test case of its own, over <see cref="Rules"/>, and call <see cref="ConformanceResult.ThrowIfFailed"/>; or run them all and look at the results.
/// </summary>
/// <remarks>Checks with the same fixture must not overlap: some rules make the store fail.</remarks>
public static class BackendConformance
{
    private const int PatiencesPerRule = 12;

    private static readonly IReadOnlyList<Checked<RuleRun>> All =
    [
        .. ListingRules.All,
        .. ValueRules.All,
        .. ChangeRules.All,
        .. FailureRules.All,
        .. CallRules.All,
        .. WatchRules.All,
        .. BatchRules.All,
        .. RevocationRules.All,
        .. RevokerRules.All,
        .. RejectionRules.All,
        .. LastVersionRules.All,
    ];

    /// <summary>All rules, by id.</summary>
    public static IReadOnlyList<ConformanceRule> Rules { get; } = [.. All.Select(static known => known.Rule)];

    /// <summary>Checks all rules, one after the other.</summary>
    /// <param name="fixture">The backend and its store.</param>
    /// <param name="ct">Cancels the run.</param>
    /// <returns>One result a rule, in the order of <see cref="Rules"/>.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<IReadOnlyList<ConformanceResult>> RunAsync(IBackendFixture fixture, CancellationToken ct = default)
    {
        var results = new List<ConformanceResult>(Rules.Count);
        foreach (var rule in Rules)
        {
            results.Add(await CheckAsync(rule.Id, fixture, ct).ConfigureAwait(false));
        }

        return results;
    }

    /// <summary>Checks one rule.</summary>
    /// <param name="ruleId">Its <see cref="ConformanceRule.Id"/>.</param>
    /// <param name="fixture">The backend and its store.</param>
    /// <param name="ct">Cancels the run.</param>
    /// <returns>The result; a backend that breaks the rule or throws is a failed result, not an exception.</returns>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<ConformanceResult> CheckAsync(string ruleId, IBackendFixture fixture, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        var rule = All.FirstOrDefault(candidate => string.Equals(candidate.Rule.Id, ruleId, StringComparison.Ordinal))
            ?? throw new ArgumentException($"There is no rule '{ruleId}'. Take the id from BackendConformance.Rules.", nameof(ruleId));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var run = new RuleRun(fixture, TimeProvider.System, stop.Token);
        var finding = await rule.FindAsync(run, fixture.Patience * PatiencesPerRule, run.Time, ct).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        return new ConformanceResult(rule.Rule, finding.Verdict, run.Redact(finding.Message));
    }
}
