using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Manners;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.TestSupport;
using Spectre.Console;

namespace Nhi.Rotation.Cli.Tests;

/// <summary>The command line behaves as people expect of one.</summary>
public sealed class MannersTests : IDisposable
{
    private readonly EvidenceDirectory _evidence = new();

    public void Dispose() => _evidence.Dispose();

    public static TheoryData<string> Commands => [.. CommandLine.Root(TimeProvider.System, Stream.Null, TextWriter.Null, TextWriter.Null).Subcommands.Select(static command => command.Name)];

    [Theory]
    [MemberData(nameof(Commands))]
    public void Help_of_each_command_has_examples_that_make_sense(string command)
    {
        var (exit, output, _) = Run(command, "--help");

        Assert.Equal(0, exit);
        Assert.NotEmpty(Examples.Of(command));
        foreach (var example in Examples.Of(command))
        {
            Assert.Contains($"  {example}{Environment.NewLine}", output, StringComparison.Ordinal);
            var own = Regex.Match(example, @"nhi-rotation (?<words>.*?)( && .*| > .*|\))?$").Groups["words"].Value;
            Assert.Empty(CommandLine.Root(TimeProvider.System, Stream.Null, TextWriter.Null, TextWriter.Null).Parse(own.Split(' ')).Errors);
        }
    }

    [Fact]
    public void Its_version_is_a_version()
    {
        var (exit, output, _) = Run("--version");

        Assert.Equal(0, exit);
        Assert.Matches(@"^\d+\.\d+\.\d+\S*\r?\n$", output);
    }

    [Theory]
    [InlineData("--alive", "pod/orders-1\n", ExitCode.Safe)]
    [InlineData("--alive", "orders-1 orders-2\n", ExitCode.NotEnoughEvidence)]
    [InlineData("--alive", "", ExitCode.Usage)]
    [InlineData("--gone-from", "bbbb # killed", ExitCode.Safe)]
    [InlineData("--expect-from", "shop=5", ExitCode.NotEnoughEvidence)]
    public void A_list_comes_from_standard_input(string option, string input, object exit)
    {
        Orders();

        Assert.Equal((int)exit, Run(Encoding.UTF8.GetBytes(input), "verify", _evidence.Path, option, "-").Exit);
    }

    [Fact]
    public void Standard_input_is_one_list_and_is_there_at_each_look()
    {
        Orders();

        Assert.Contains("one list only", Run("verify", _evidence.Path, "--alive", "-", "--gone-from", "-").Errors, StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.CannotRead, Run("verify", _evidence.Path, "--alive", "").Exit);

        using var output = new StringWriter();
        using var input = new MemoryStream("orders-1 orders-2"u8.ToArray());
        var time = new SteppingTime(WrittenInstance.At(300));
        Assert.Equal((int)ExitCode.TimeUp, CommandLine.Run(["wait", _evidence.Path, "--alive", "-", "--timeout", "1m"], time, input, output, output));
        Assert.DoesNotContain("would be gone", output.ToString(), StringComparison.Ordinal);
        Assert.True(time.Steps > 1);
    }

    [Fact]
    public void A_mistake_of_the_tool_is_no_verdict_and_no_stack_trace()
    {
        Orders();
        using var output = new StringWriter();
        using var errors = new StringWriter();

        Assert.Equal((int)ExitCode.Mistake, CommandLine.Run(["verify", _evidence.Path], new BrokenTime(), Stream.Null, output, errors));
        Assert.Empty(output.ToString());
        Assert.Matches(@"^No verdict: the tool made a mistake \(InvalidTimeZoneException\)\. Please report it, with the command line and the version \d+\.\d+\.\d+\.\r?\n$", errors.ToString());
    }

    [Theory]
    [InlineData("nhi-rotation ver", "verify verify-report")]
    [InlineData("nhi-rotation verify --old", "--old-version")]
    [InlineData("nhi-rotation wait --prom", "--prometheus")]
    [InlineData("nhi-rotation inventory --unu", "--unused-for")]
    public async Task Bash_completes_commands_and_options(string line, string words)
    {
        var bash = Installed.Program("bash", "bash");
        var script = $"{Run("completions", "bash").Output}\nCOMP_WORDS=({line})\nCOMP_CWORD=$((${{#COMP_WORDS[@]}}-1))\n_nhi_rotation\necho ${{COMPREPLY[@]}}\n";
        using var process = Process.Start(new ProcessStartInfo(bash, ["--norc", "-c", script]) { RedirectStandardOutput = true })!;

        Assert.Equal(words, (await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken)).Trim());
    }

    [Theory]
    [InlineData("zsh", "bashcompinit")]
    [InlineData("fish", "complete -c nhi-rotation -n '__fish_seen_subcommand_from verify' -l quiet-period")]
    [InlineData("pwsh", "'hunt' = '")]
    public void Other_shells_have_a_script_too(string shell, string line) => Assert.Contains(line, Run("completions", shell).Output, StringComparison.Ordinal);

    [Theory]
    [InlineData("1", ColorSystemSupport.NoColors)]
    [InlineData("", ColorSystemSupport.Detect)]
    [InlineData(null, ColorSystemSupport.Detect)]
    public void No_colour_where_none_is_wanted(string? variable, ColorSystemSupport colors) => Assert.Equal(colors, Terminal.Colors(variable));

    private static (int Exit, string Output, string Errors) Run(params string[] arguments) => Run([], arguments);

    private static (int Exit, string Output, string Errors) Run(byte[] standardInput, params string[] arguments)
    {
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var input = new MemoryStream(standardInput);
        return (CommandLine.Run(arguments, new FakeTimeProvider(WrittenInstance.At(300)), input, output, errors), output.ToString(), errors.ToString());
    }

    private void Orders()
    {
        Pod("aaaa", "orders-1").Promote("v1", 1).Use("v1", 10).Rotate("v1", "v2", 100).Use("v2", 101).Accept("v2", 101).Alive(299.5).Write(_evidence.Path);
        Pod("bbbb", "orders-2").Promote("v1", 1).Use("v1", 90).Write(_evidence.Path);
    }

    private static WrittenInstance Pod(string instance, string pod) => new WrittenInstance(instance) { Resource = new() { ["k8s.pod.name"] = pod } }.Describe(0);

    private sealed class BrokenTime : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => throw new InvalidTimeZoneException("not to be shown");
    }
}
