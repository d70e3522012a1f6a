using System.Text.RegularExpressions;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests;

/// <summary>The command lines of pages and README make sense to the parser, and end as they say.</summary>
public sealed partial class PipelinePageTests : IDisposable
{
    private static readonly string Docs = Path.GetDirectoryName(Repository.Page)!;

    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-page-").FullName;

    public static TheoryData<string> Lines =>
    [
        .. new[] { "fleet.md", "report.md", "inventory.md", "rotate-with-proof.md" }
            .SelectMany(static page => Block().Matches(File.ReadAllText(Path.Combine(Docs, page))).SelectMany(static block => OwnCommand().Matches(block.Groups[1].Value)))
            .Select(static command => command.Groups["words"].Value.Trim()).Distinct(StringComparer.Ordinal),
    ];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void There_are_command_lines() => Assert.True(Lines.Count > 10, $"{Lines.Count}");

    [Theory]
    [MemberData(nameof(Lines))]
    public void A_command_line_of_the_docs_is_understood(string line)
    {
        string[] words = [.. Word().Matches(line).Select(static word => word.Value.Trim('"'))];

        var parsed = CommandLine.Root(TimeProvider.System, Stream.Null, TextWriter.Null, TextWriter.Null).Parse(words);
        Assert.True(parsed.Errors.Count == 0, $"{line}: {string.Join("; ", parsed.Errors.Select(static error => error.Message))}");
    }

    [Fact]
    public void The_job_that_revokes_waits_and_reports_with_the_lines_of_the_page()
    {
        using var evidence = new EvidenceDirectory();
        ShopFleet.Write(evidence.Path);
        using var key = System.Security.Cryptography.ECDsa.Create(System.Security.Cryptography.ECCurve.NamedCurves.nistP256);
        File.WriteAllText(Path.Combine(_directory, "key.pem"), key.ExportECPrivateKeyPem());
        var page = File.ReadAllText(Repository.Page);
        var gitlab = page[page.IndexOf("\nGitLab:", StringComparison.Ordinal)..];
        var own = OwnCommand().Matches(gitlab[..gitlab.IndexOf("\nAzure DevOps:", StringComparison.Ordinal)]).Select(static command => command.Groups["words"].Value.Trim()).Where(static words => words.StartsWith("wait", StringComparison.Ordinal) || words.StartsWith("report", StringComparison.Ordinal)).ToArray();

        Assert.Equal(2, own.Length);
        foreach (var line in own)
        {
            string[] words = [.. Word().Matches(line).Select(word => word.Value.Trim('"') switch
            {
                "evidence" => evidence.Path,
                "$CREDENTIAL" => "stripe",
                "$OLD_VERSION" => "2026-01-key",
                "report.html" or "key.pem" => Path.Combine(_directory, word.Value),
                var other => other,
            })];
            using var output = new StringWriter();
            Assert.True(CommandLine.Run(words, new SteppingTime(WrittenInstance.At(ShopFleet.Now)), Stream.Null, output, output) == 0, output.ToString());
        }

        Assert.True(File.Exists(Path.Combine(_directory, "report.html.dsse.json")));
    }

    [GeneratedRegex("```(?:console|yaml|sh)\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex Block();

    [GeneratedRegex(@"nhi-rotation (?<words>(?!_)[a-z][^&|>\n]*)")]
    private static partial Regex OwnCommand();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
