using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Backends.Files;

public class FileConformanceTests(FileConformanceFixture fixture) : IClassFixture<FileConformanceFixture>
{
    // Files cannot be disabled, throttled or blocked, have no revision and are not read in batches; one file holds one version.
    private static readonly string[] NotAboutFiles = ["NHI-B11", "NHI-B13", "NHI-B14", "NHI-B15", "NHI-B19", "NHI-B20", "NHI-B22", "NHI-B27", "NHI-B28", "NHI-B29", "NHI-B30", "NHI-B31", "NHI-B32", "NHI-B33", "NHI-B34", "NHI-B36"];

    public static TheoryData<string> RuleIds => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task The_file_backend_keeps_every_rule(string ruleId)
    {
        var result = await BackendConformance.CheckAsync(ruleId, fixture, TestContext.Current.CancellationToken);

        result.ThrowIfFailed();
        Assert.Equal(NotAboutFiles.Contains(ruleId), result.Verdict == ConformanceVerdict.NotApplicable);
    }
}
