using System.Globalization;
using System.IO.Pipes;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests;

/// <summary>A slip of the finger is told in words of this tool, with what may have been meant, and is never an answer.</summary>
public sealed class SlipsTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();

    public SlipsTests() =>
        new WrittenInstance("aaaa").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 1, "checkout").Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101, "checkout").Alive(300).Write(_evidence.Path);

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [InlineData("shell ksh: say one of bash, zsh, fish, pwsh.", "completions", "ksh")]
    [InlineData("--format xml: say one of text, json.", "verify-report", "page", "--key", "key", "--format", "xml")]
    [InlineData("--format xml: say one of table, csv, json, markdown, html.", "inventory", "{path}", "--format", "xml")]
    [InlineData("'xml' not recognized. Must be one of: 'table' 'json'", "verify", "{path}", "--format", "xml")]
    [InlineData("'xml' not recognized. Must be one of: 'html' 'json'", "report", "{path}", "--format", "xml")]
    [InlineData("--pid one: say a whole number.", "hunt", "--value-file", "-", "--pid", "one")]
    public void What_is_no_choice_is_told_with_the_choices(string said, params string[] words)
    {
        var errors = AssertUsage(words);

        Assert.Contains(said, errors, StringComparison.Ordinal);
        Assert.DoesNotContain("Nhi.Rotation", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("System.", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("\\u", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("'verfy': is 'verify' meant?", "verfy", "{path}")]
    [InlineData("'reprot': is 'report' meant?", "reprot", "{path}")]
    [InlineData("'--credental' is no option of verify, and no file. Is --credential meant?", "verify", "{path}", "--credental", "stripe")]
    [InlineData("'--oldversion' is no option of report, and no file. Is --old-version meant?", "report", "{path}", "--oldversion", "v1")]
    public void What_was_meant_is_guessed(string said, params string[] words) => Assert.Contains(said, AssertUsage(words), StringComparison.Ordinal);

    [Theory]
    [InlineData("xyzzy", "{path}")]
    [InlineData("verify", "{path}", "--j")]
    [InlineData("verify", "{path}", "--json")]
    public void What_is_like_nothing_is_not_guessed(params string[] words) => Assert.DoesNotContain("meant?", AssertUsage(words), StringComparison.Ordinal);

    [Fact]
    public void Where_a_value_is_expected_nothing_is_quoted_or_guessed()
    {
        var errors = AssertUsage("fingerprint", "--exakt");

        Assert.DoesNotContain("exakt", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("meant?", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify")]
    [InlineData("verify-report")]
    [InlineData("revoke")]
    public void Each_command_says_its_version(string command)
    {
        var (exit, output, errors) = Run(command, "--version");

        Assert.True(exit == 0, errors);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\r?\n$", output);
    }

    [Theory]
    [InlineData("--retired-consumer nope/checkout: the evidence knows no such consumer. Say APP/CONSUMER, as it has shop/checkout.", "--retired-consumer", "nope/checkout")]
    [InlineData("--retired-consumer shop/nope: the evidence knows no such consumer.", "--retired-consumer", "shop/nope")]
    [InlineData("--retired-consumer checkout: the evidence knows no such consumer.", "--retired-consumer", "checkout")]
    [InlineData("--renamed nope=shop: no app and no credential of the evidence is called nope.", "--renamed", "nope=shop")]
    public void What_is_declared_of_a_name_that_nobody_knows_is_refused(string said, params string[] declared)
    {
        var (exit, output, _) = Run("verify", _evidence.Path);
        Assert.Equal((int)ExitCode.Safe, exit);
        Assert.Contains("\nSAFE: ", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        Assert.Contains(said, AssertUsage(["verify", "{path}", .. declared]), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--retired-consumer", "shop/checkout")]
    [InlineData("--renamed", "shop=web", "--retired-consumer", "web/checkout")]
    [InlineData("--renamed", "stripe=payments")]
    [InlineData("--renamed", "shop=web,web=front")]
    public void What_is_known_may_be_declared(params string[] declared) => Assert.Equal((int)ExitCode.Safe, Run(["verify", _evidence.Path, .. declared]).Exit);

    [Theory]
    [InlineData("verify")]
    [InlineData("report")]
    [InlineData("who")]
    [InlineData("inventory")]
    public void A_path_that_is_not_there_cannot_be_read(string command)
    {
        var (exit, output, errors) = Run(command, _evidence.Path, "/does/not/exist");

        Assert.Equal(((int)ExitCode.CannotRead, ""), (exit, output));
        Assert.Contains("'/does/not/exist' does not exist.", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_is_told_to_be_given_as_standard_input()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Pipes have names under /proc/self/fd.");
        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        var name = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{pipe.ClientSafePipeHandle.DangerousGetHandle()}");

        Assert.Contains($"'{name}' is a pipe, which can be read once. Pipe it into nhi-rotation, and say - for it.", AssertUsage("verify", name), StringComparison.Ordinal);
    }

    [Fact]
    public void What_comes_from_standard_input_is_no_file()
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(File.ReadAllText(_evidence.File)));
        using var output = new StringWriter { NewLine = "\n" };

        Assert.Equal((int)ExitCode.Safe, CommandLine.Run(["verify", "-"], new FakeTimeProvider(WrittenInstance.At(300)), input, output, output));
        Assert.Contains("\nshop aaaa: standard input, ", output.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain("file(s)", output.ToString(), StringComparison.Ordinal);
    }

    private string AssertUsage(params string[] words)
    {
        var (exit, output, errors) = Run([.. words.Select(word => word.Replace("{path}", _evidence.Path, StringComparison.Ordinal))]);
        Assert.True(exit == (int)ExitCode.Usage, $"{exit}: {output}{errors}");
        Assert.Empty(output);
        return errors;
    }

    private static (int Exit, string Output, string Errors) Run(params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        return (CommandLine.Run(arguments, new FakeTimeProvider(WrittenInstance.At(300)), Stream.Null, output, errors), output.ToString(), errors.ToString());
    }
}
