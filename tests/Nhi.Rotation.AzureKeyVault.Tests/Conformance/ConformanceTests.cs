using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AzureKeyVault.Tests.Conformance;

/// <summary>The suite that every backend passes.</summary>
public sealed class ConformanceTests
{
    // A single version cannot be deleted in Key Vault, there is no revision, no push signal and no batch.
    private static readonly string[] NotApplicable = ["NHI-B14", "NHI-B15", "NHI-B24", "NHI-B25", "NHI-B26", "NHI-B27", "NHI-B28", "NHI-B29"];

    public static TheoryData<string> Rules => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(Rules))]
    public async Task Keeps_the_rule(string rule)
    {
        await using var fixture = await VaultFixture.StartAsync();

        var result = await BackendConformance.CheckAsync(rule, fixture, TestContext.Current.CancellationToken);

        result.ThrowIfFailed();
        Assert.Equal(NotApplicable.Contains(rule) ? ConformanceVerdict.NotApplicable : ConformanceVerdict.Passed, result.Verdict);
    }
}
