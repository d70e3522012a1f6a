using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Testing;
using Microsoft.CodeAnalysis.Testing;
using Nhi.Rotation.Analyzers.Fixes;

namespace Nhi.Rotation.Analyzers.Tests;

/// <summary>The fix of NHI005.</summary>
public sealed class MatchFixTests
{
    private const string Given = "string presented, string? maybe, byte[] bytes, ReadOnlyMemory<byte> memory";

    [Theory]
    [InlineData("{|NHI005:provider.Current.Reveal()|} == presented", "provider.Match(Encoding.UTF8.GetBytes(presented)).IsAccepted")]
    [InlineData("presented == {|NHI005:provider.Current.Reveal()|}", "provider.Match(Encoding.UTF8.GetBytes(presented)).IsAccepted")]
    [InlineData("presented != {|NHI005:provider.Current.Reveal()|}", "!provider.Match(Encoding.UTF8.GetBytes(presented)).IsAccepted")]
    [InlineData("maybe == {|NHI005:provider.Current.Reveal()|}", "provider.Match(Encoding.UTF8.GetBytes(maybe ?? \"\")).IsAccepted")]
    [InlineData("presented is { Length: > 8 } && ({|NHI005:provider.Current.Reveal()|} == presented)", "presented is { Length: > 8 } && (provider.Match(Encoding.UTF8.GetBytes(presented)).IsAccepted)")]
    [InlineData("string.Equals(presented, {|NHI005:provider.Current.Reveal()|}, StringComparison.Ordinal)", "provider.Match(Encoding.UTF8.GetBytes(presented)).IsAccepted")]
    [InlineData("{|NHI005:provider.Current.Reveal()|}.Equals(presented)", "provider.Match(Encoding.UTF8.GetBytes(presented)).IsAccepted")]
    [InlineData("presented.Equals({|NHI005:provider.Current.Reveal()|}, StringComparison.Ordinal)", "provider.Match(Encoding.UTF8.GetBytes(presented)).IsAccepted")]
    [InlineData("{|NHI005:provider.Current.RevealBytes()|}.Span.SequenceEqual(bytes)", "provider.Match(bytes).IsAccepted")]
    [InlineData("bytes.SequenceEqual({|NHI005:provider.Current.RevealBytes()|}.ToArray())", "provider.Match(bytes).IsAccepted")]
    [InlineData("memory.Span.SequenceEqual({|NHI005:provider.Current.RevealBytes()|}.Span)", "provider.Match(memory.Span).IsAccepted")]
    [InlineData("{|NHI005:provider.ForConsumer(\"door\").Current.Reveal()|} == presented", "provider.ForConsumer(\"door\").Match(Encoding.UTF8.GetBytes(presented)).IsAccepted")]
    public Task It_asks_the_provider(string wrong, string right) => Check($"bool Opens({Given}) => {wrong};", $"bool Opens({Given}) => {right};");

    [Theory]
    [InlineData("\"Bearer \" + {|NHI005:provider.Current.Reveal()|} == presented")]
    [InlineData("{|NHI005:provider.Current.Reveal()|}.Equals(presented, StringComparison.OrdinalIgnoreCase)")]
    [InlineData("{|NHI005:provider.Credentials.Current!.Reveal()|} == presented")]
    [InlineData("string.CompareOrdinal({|NHI005:provider.Current.Reveal()|}, presented) == 0")]
    public Task It_is_not_offered_where_it_would_mean_something_else(string wrong) => Check($"bool Opens({Given}) => {wrong};", $"bool Opens({Given}) => {wrong};");

    [Fact]
    public Task It_names_in_full_what_is_not_imported() =>
        CheckFile(
            "using Nhi.Rotation;\n\nclass Door(IRotatingCredentialProvider provider)\n{\n    bool Opens(string presented) => presented == {|NHI005:provider.Current.Reveal()|}; // Who is it?\n}\n",
            "using Nhi.Rotation;\n\nclass Door(IRotatingCredentialProvider provider)\n{\n    bool Opens(string presented) => provider.Match(System.Text.Encoding.UTF8.GetBytes(presented)).IsAccepted; // Who is it?\n}\n");

    private static Task Check(string wrong, string right) => CheckFile(File(wrong), File(right));

    private static string File(string member) => $"#nullable enable\nusing System;\nusing System.Linq;\nusing System.Text;\nusing Nhi.Rotation;\n\nclass Door(IRotatingCredentialProvider provider)\n{{\n    {member}\n}}\n";

    private static Task CheckFile(string wrong, string right)
    {
        var test = new CSharpCodeFixTest<RevealedAnalyzer, MatchFix, DefaultVerifier> { TestCode = wrong, FixedCode = right, ReferenceAssemblies = new ReferenceAssemblies("net10.0") };
        test.SolutionTransforms.Add(static (solution, project) => solution.WithProjectMetadataReferences(project, Look.References)
            .WithProjectParseOptions(project, ((CSharpParseOptions)solution.GetProject(project)!.ParseOptions!).WithLanguageVersion(LanguageVersion.CSharp13)));
        return test.RunAsync(TestContext.Current.CancellationToken);
    }
}
