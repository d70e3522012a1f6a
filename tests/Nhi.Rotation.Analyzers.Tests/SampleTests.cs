using System.Runtime.CompilerServices;
using HiddenDependency;

namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>The sample of hidden copies says which rule sees each.</summary>
public sealed class SampleTests
{
    [Fact]
    public async Task Each_copy_is_seen_by_the_rule_that_the_sample_names()
    {
        var source = (await File.ReadAllTextAsync(Path.Combine(Root(), "samples/HiddenDependency/Copies.cs"), TestContext.Current.CancellationToken)).Replace("#pragma", "//", StringComparison.Ordinal);

        var found = await Look.FindAsync<RevealedAnalyzer>(source);

        Assert.Equal(Copies.All.Select(copy => copy.Rule), found);
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "../.."));
}
