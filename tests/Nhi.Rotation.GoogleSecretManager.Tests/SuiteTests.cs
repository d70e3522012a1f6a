using Nhi.Rotation.Testing;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

/// <summary>The suite that every backend passes.</summary>
public sealed class SuiteTests
{
    public static TheoryData<string> Rules => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Keeps_the_rule(string rule)
    {
        await using var fixture = await SuiteFixture.StartAsync();

        var result = await BackendConformance.CheckAsync(rule, fixture, TestContext.Current.CancellationToken);

        result.ThrowIfFailed();
        Assert.Equal(SuiteFixture.NotApplicable.Contains(rule) ? ConformanceVerdict.NotApplicable : ConformanceVerdict.Passed, result.Verdict);
    }
}
