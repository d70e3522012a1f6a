using Nhi.Rotation.Testing;

namespace Nhi.Rotation.Tests.Backends.Files;

public class DocumentConformanceTests(DocumentConformanceFixture fixture) : IClassFixture<DocumentConformanceFixture>
{
    // Files cannot be throttled or blocked and are not read in batches; who writes a document says its ids, and reading it gives all values.
    private static readonly string[] NotAboutDocuments = ["NHI-B11", "NHI-B19", "NHI-B20", "NHI-B22", "NHI-B27", "NHI-B28", "NHI-B29", "NHI-B31", "NHI-B32", "NHI-B33", "NHI-B34"];

    public static TheoryData<string> RuleIds => [.. BackendConformance.Rules.Select(rule => rule.Id)];

    [Theory]
    [MemberData(nameof(RuleIds))]
    public async Task A_document_of_versions_keeps_every_rule(string ruleId)
    {
        var result = await BackendConformance.CheckAsync(ruleId, fixture, TestContext.Current.CancellationToken);

        result.ThrowIfFailed();
        Assert.Equal(NotAboutDocuments.Contains(ruleId), result.Verdict == ConformanceVerdict.NotApplicable);
    }
}
