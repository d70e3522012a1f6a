using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>The suite that every backend passes.</summary>
public sealed class SuiteTests
{
    // A single version can be neither disabled nor deleted but through the backend itself; there is no revision and no push signal.
    private static readonly string[] NotApplicable = ["NHI-B13", "NHI-B14", "NHI-B15", "NHI-B24", "NHI-B25", "NHI-B26"];

    public static TheoryData<string> Rules => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Keeps_the_rule(string rule)
    {
        await using var fixture = await SuiteFixture.StartAsync();

        var result = await BackendConformance.CheckAsync(rule, fixture, TestContext.Current.CancellationToken);

        result.ThrowIfFailed();
        Assert.Equal(NotApplicable.Contains(rule) ? ConformanceVerdict.NotApplicable : ConformanceVerdict.Passed, result.Verdict);
    }
}
