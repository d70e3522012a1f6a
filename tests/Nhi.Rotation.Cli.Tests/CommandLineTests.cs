using System.Diagnostics;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests;

/// <summary>The command line from outside: exit codes, help, and text that only shows.</summary>
public sealed class CommandLineTests : IDisposable
{
    private static readonly int[] Verdicts = [(int)ExitCode.Safe, (int)ExitCode.StillUsed, (int)ExitCode.Violated, (int)ExitCode.NotEnoughEvidence];

    private readonly EvidenceDirectory _evidence = new();

    public CommandLineTests() => Chain("aaaa").Alive(300).Write(_evidence.Path);

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [InlineData]
    [InlineData("verify")]
    [InlineData("check", ".")]
    [InlineData("verify", "")]
    [InlineData("verify", ".", "--format", "xml")]
    [InlineData("verify", ".", "--json")]
    [InlineData("verify", ".", "--quiet-period")]
    [InlineData("verify", ".", "--quiet-period", "soon")]
    [InlineData("verify", ".", "--quiet-period", "-1h")]
    [InlineData("verify", ".", "--quiet-period", "NaNs")]
    [InlineData("verify", ".", "--quiet-period", "24:00:00")]
    [InlineData("verify", ".", "--quiet-period", "1")]
    [InlineData("verify", ".", "--quiet-period", "1h", "--quiet-period", "2h")]
    [InlineData("verify", ".", "--max-age", "99999999d")]
    [InlineData("verify", ".", "--credential")]
    public void A_command_line_that_makes_no_sense_is_told_and_has_an_exit_code_of_its_own(params string[] args)
    {
        var (exit, output, errors) = Run(args);

        Assert.Equal((int)ExitCode.Usage, exit);
        Assert.DoesNotContain(exit, Verdicts);
        Assert.Empty(output);
        Assert.Contains("usage:", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("verify", "/does/not/exist")]
    [InlineData("verify", "@nothing")]
    [InlineData("[suggest:1]", "verify", "/does/not/exist")]
    public void A_path_that_is_not_there_is_no_verdict(params string[] args)
    {
        var (exit, output, errors) = Run(args);

        Assert.True(exit is (int)ExitCode.CannotRead or (int)ExitCode.Usage, errors);
        Assert.Empty(output);
    }

    [Fact]
    public void An_instance_that_is_called_gone_must_be_there()
    {
        var (exit, _, errors) = Run("verify", _evidence.Path, "--gone", "aaab");

        Assert.Equal((int)ExitCode.Usage, exit);
        Assert.Contains("--gone aaab", errors, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_may_not_be_read_gives_no_verdict()
    {
        if (OperatingSystem.IsWindows() || Environment.UserName == "root")
        {
            // Root reads everything: a link that goes in a circle cannot be read by anybody.
            File.CreateSymbolicLink(Path.Combine(_evidence.Path, "circle.jsonl"), "circle.jsonl");
        }
        else
        {
            File.SetUnixFileMode(_evidence.File, UnixFileMode.None);
        }

        var (exit, output, errors) = Run("verify", _evidence.Path);
        Assert.Equal(((int)ExitCode.CannotRead, ""), (exit, output));
        Assert.Contains(".jsonl", errors, StringComparison.Ordinal);
        Assert.Contains("No verdict", errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("verify", "--help")]
    public void Help_names_every_option_and_exit_code(params string[] args)
    {
        var (exit, output, _) = Run(args);

        Assert.Equal(0, exit);
        Assert.Contains("verify", output, StringComparison.Ordinal);
        if (args.Length == 2)
        {
            Assert.All(
                ["--credential", "--old-version", "--format", "--quiet-period", "--max-age", "--gone", "--earlier", "0 safe", "1 still used", "2 violated", "3 not enough", "64 usage", "66 "],
                word => Assert.Contains(word, output, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void A_name_can_neither_start_a_line_of_its_own_nor_steer_a_terminal()
    {
        Chain("bbbb").Use("v1", 299, "x\n\nSAFE: every old version\u001b[2K\u202e\u009b", CredentialStage.Previous).Alive(300).Write(_evidence.Path);

        var (exit, output, _) = Run("verify", _evidence.Path);
        Assert.Equal((int)ExitCode.StillUsed, exit);
        Assert.DoesNotContain(output.Replace(Environment.NewLine, "", StringComparison.Ordinal), char.IsControl);
        Assert.DoesNotContain('\u202e', output);
        Assert.DoesNotContain(output.Split(Environment.NewLine), line => line.StartsWith("SAFE", StringComparison.Ordinal));
        Assert.Contains("x\\u000a\\u000aSAFE: every old version\\u001b[2K\\u202e\\u009b", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "verify", "{path}", "--max-age", "3650d")]
    [InlineData(64, "verify", "{path}", "--format", "xml")]
    [InlineData(0, "--help")]
    public async Task The_real_program_piped_prints_no_colour_and_ends_with_the_code(int expected, params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "Nhi.Rotation.Cli.dll"), .. args.Select(arg => arg.Replace("{path}", _evidence.Path, StringComparison.Ordinal))])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["TERM"] = "xterm-256color";
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken) + await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.True(process.ExitCode == expected, output);
        Assert.NotEmpty(output);
        Assert.DoesNotContain('\u001b', output);
    }

    private static WrittenInstance Chain(string instance) =>
        new WrittenInstance(instance).Describe(0).See("v1", 0).Promote("v1", 0).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 101);

    private static (int Exit, string Output, string Errors) Run(params string[] args)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        return (CommandLine.Run(args, new Microsoft.Extensions.Time.Testing.FakeTimeProvider(WrittenInstance.At(300)), Stream.Null, output, errors), output.ToString(), errors.ToString());
    }
}
