namespace Nhi.Rotation.Testing.Tests.Conformance;

public class BackendConformanceTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<string> RuleIds => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    public static TheoryData<string, string> MistakeNames
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (ruleId, name, _) in Mistakes.All)
            {
                data.Add(ruleId, name);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task The_fake_backend_keeps_every_rule(string ruleId)
    {
        var result = await BackendConformance.CheckAsync(ruleId, new FakeFixture(), Ct);

        Assert.Equal($"{result.Rule} passed", $"{result.Rule} {(result.Verdict == ConformanceVerdict.Passed ? "passed" : result.ToString())}");
    }

    [Theory]
    [MemberData(nameof(MistakeNames))]
    public async Task A_backend_that_breaks_one_rule_fails_that_rule_and_no_other_without_a_value_in_the_message(string ruleId, string mistake)
    {
        var make = Mistakes.All.Single(candidate => candidate.RuleId == ruleId && candidate.Name == mistake).Make;

        var fixture = new FakeFixture(make);

        var results = await BackendConformance.RunAsync(fixture, Ct);

        var failed = results.Where(result => result.Verdict == ConformanceVerdict.Failed).ToList();
        Assert.Equal([ruleId], failed.Select(result => result.Rule.Id));
        var thrown = Assert.Throws<ConformanceException>(failed[0].ThrowIfFailed);
        Assert.Contains(failed[0].Rule.Link.ToString(), thrown.Message, StringComparison.Ordinal);
        Assert.All(fixture.Values.Values, value => Assert.DoesNotContain(value.Trim()[..20], thrown.ToString(), StringComparison.OrdinalIgnoreCase));
    }

    [Theory]
    [MemberData(nameof(RuleIds))]
    public void Every_rule_has_a_backend_that_breaks_it(string ruleId) => Assert.Contains(Mistakes.All, mistake => mistake.RuleId == ruleId);

    [Fact]
    public async Task A_value_in_an_error_of_the_backend_is_taken_out_of_the_message()
    {
        var fixture = new FakeFixture(made => BrokenBackend.Listing(
            made, (request, _) => throw new BackendException(request.CredentialName, BackendFailure.Unavailable, $"got {made.Values.First().Value}", "Fix it.")));

        var result = await BackendConformance.CheckAsync("NHI-B01", fixture, Ct);

        Assert.Equal(ConformanceVerdict.Failed, result.Verdict);
        Assert.Equal("the backend failed: Unavailable, got ***", result.Message);
    }

    [Fact]
    public async Task An_unexpected_exception_is_told_by_its_type_only()
    {
        var fixture = new FakeFixture(made => BrokenBackend.Listing(made, (_, _) => throw new InvalidOperationException("with a body")));

        var result = await BackendConformance.CheckAsync("NHI-B05", fixture, Ct);

        Assert.Equal("unexpected System.InvalidOperationException", result.Message);
    }

    [Fact]
    public async Task A_backend_that_never_answers_fails_instead_of_hanging()
    {
        var fixture = new ImpatientFixture(new BrokenBackend(new FakeCredentialBackend(TimeProvider.System))
        {
            List = (_, _) => new ValueTask<BackendListing>(new TaskCompletionSource<BackendListing>().Task),
        });

        var result = await BackendConformance.CheckAsync("NHI-B01", fixture, Ct);

        Assert.Equal(ConformanceVerdict.Failed, result.Verdict);
        Assert.StartsWith("not finished after", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fixture_with_nothing_optional_still_checks_the_basics()
    {
        var results = await BackendConformance.RunAsync(new ImpatientFixture(inner: null), Ct);

        Assert.DoesNotContain(results, result => result.Verdict == ConformanceVerdict.Failed);
        Assert.Equal(
            ["NHI-B10", "NHI-B11", "NHI-B13", "NHI-B14", "NHI-B19", "NHI-B20", "NHI-B22", "NHI-B24", "NHI-B25", "NHI-B26", "NHI-B27", "NHI-B28", "NHI-B29", "NHI-B30", "NHI-B31", "NHI-B32", "NHI-B33", "NHI-B34", "NHI-B36"],
            results.Where(result => result.Verdict == ConformanceVerdict.NotApplicable).Select(result => result.Rule.Id));
        Assert.All(results.Where(result => result.Verdict == ConformanceVerdict.NotApplicable), result => Assert.NotNull(result.Message));
    }

    [Fact]
    public async Task Cancelling_the_run_is_not_a_failed_rule()
    {
        var fixture = new FakeFixture();
        using var hold = fixture.Store.Block();
        using var cancellation = new CancellationTokenSource();
        var run = BackendConformance.RunAsync(fixture, cancellation.Token);
        await hold.Arrived.WaitAsync(TimeSpan.FromSeconds(30), Ct);

        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => run);
    }

    [Fact]
    public async Task An_unknown_rule_is_refused() =>
        await Assert.ThrowsAsync<ArgumentException>(() => BackendConformance.CheckAsync("NHI-B00", new FakeFixture(), Ct));

    [Fact]
    public void Ids_are_in_order_without_a_gap() => Assert.Equal(
        Enumerable.Range(1, BackendConformance.Rules.Count).Select(number => $"NHI-B{number:00}"),
        BackendConformance.Rules.Select(rule => rule.Id));

    [Fact]
    public async Task A_result_reads_as_one_line()
    {
        var passed = await BackendConformance.CheckAsync("NHI-B05", new FakeFixture(), Ct);
        var failed = await BackendConformance.CheckAsync("NHI-B15", new FakeFixture(Mistakes.All.Single(mistake => mistake.RuleId == "NHI-B15").Make), Ct);

        passed.ThrowIfFailed();
        Assert.Equal("NHI-B05 passed: At most one version is labelled current.", passed.ToString());
        Assert.Equal("NHI-B15 FAILED: A revision, if there is one, grows with each change and never falls. (revision 7 is followed by 7 after a change)", failed.ToString());
    }
}
