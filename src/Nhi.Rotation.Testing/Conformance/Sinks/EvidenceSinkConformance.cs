namespace Nhi.Rotation.Testing;

/// <summary>
/// The rules that every <see cref="IEvidenceSink"/> keeps, and a way to check them from any test framework or program, as <see cref="BackendConformance"/> does for backends.
/// </summary>
/// <remarks>Checks with the same fixture must not overlap: some rules make the store fail.</remarks>
public static class EvidenceSinkConformance
{
    private const int PatiencesPerRule = 12;

    /// <summary>All rules, by id.</summary>
    public static IReadOnlyList<ConformanceRule> Rules { get; } = [.. SinkRules.All.Select(static known => known.Rule)];

    /// <summary>Checks all rules, one after the other.</summary>
    /// <param name="fixture">The store.</param>
    /// <param name="ct">Cancels the run.</param>
    /// <returns>One result a rule, in the order of <see cref="Rules"/>.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<IReadOnlyList<ConformanceResult>> RunAsync(IEvidenceSinkFixture fixture, CancellationToken ct = default)
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
    /// <param name="fixture">The store.</param>
    /// <param name="ct">Cancels the run.</param>
    /// <returns>The result; a store that breaks the rule or throws is a failed result, not an exception.</returns>
    /// <exception cref="ArgumentException">There is no such rule.</exception>
    /// <exception cref="OperationCanceledException">The run was cancelled.</exception>
    public static async Task<ConformanceResult> CheckAsync(string ruleId, IEvidenceSinkFixture fixture, CancellationToken ct = default)
    {
        ArgumentNullException.ThrowIfNull(fixture);
        var rule = SinkRules.All.FirstOrDefault(candidate => string.Equals(candidate.Rule.Id, ruleId, StringComparison.Ordinal))
            ?? throw new ArgumentException($"There is no rule '{ruleId}'. Take the id from EvidenceSinkConformance.Rules.", nameof(ruleId));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var finding = await rule.FindAsync(new SinkRun(fixture, TimeProvider.System, stop.Token), fixture.Patience * PatiencesPerRule, TimeProvider.System, ct).ConfigureAwait(false);
        await stop.CancelAsync().ConfigureAwait(false);
        return new ConformanceResult(rule.Rule, finding.Verdict, finding.Message);
    }
}
