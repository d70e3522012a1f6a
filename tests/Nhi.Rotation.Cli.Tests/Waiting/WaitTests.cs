using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Cli.Waiting;
using Spectre.Console;

namespace Nhi.Rotation.Cli.Tests.Waiting;

/// <summary>Waiting for the verdict of evidence. v1 became v2 at minute 100 and was used for the last time at minute 110; a quiet period is an hour. It is minute 150.</summary>
public sealed class WaitTests : IDisposable
{
    private const double Now = 150;

    private readonly EvidenceDirectory _evidence = new();
    private readonly WrittenInstance _shop = new WrittenInstance("aaaa").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Use("v1", 110, stage: CredentialStage.Previous);
    private readonly SteppingTime _time = new(WrittenInstance.At(Now));

    public WaitTests()
    {
        _shop.Alive(Now).Write(_evidence.Path);
        _time.Meanwhile = _ => StillThere();
    }

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void It_ends_with_the_first_look_that_shows_safe_and_not_before()
    {
        var output = AssertExit(ExitCode.Safe, "--interval", "1m");

        // 110 and an hour.
        Assert.Equal(WrittenInstance.At(170), _time.GetUtcNow());
        Assert.Matches(@"(?s)^02:30:00Z waiting: stripe v1: StillUsed in shop aaaa: client used it.*02:50:00Z safe: stripe v1: SafeToRevoke.*SAFE: every old version", output);
    }

    [Fact]
    public void What_does_not_change_is_said_once()
    {
        var output = AssertExit(ExitCode.Safe, "--interval", "1m");

        Assert.Equal(2, output.Split('\n').Count(static line => line.Contains("Z waiting:", StringComparison.Ordinal) || line.Contains("Z safe:", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("19m", ExitCode.TimeUp, 169)]
    [InlineData("20m", ExitCode.Safe, 170)]
    public void The_last_look_is_when_time_is_up(string timeout, object exit, double minute)
    {
        var output = AssertExit((ExitCode)exit, "--interval", "7m", "--timeout", timeout);

        Assert.Equal(WrittenInstance.At(minute), _time.GetUtcNow());
        Assert.Equal((ExitCode)exit == ExitCode.TimeUp, output.Contains("TIME IS UP, and it is not safe: stripe v1: StillUsed", StringComparison.Ordinal));
    }

    [Fact]
    public void A_violation_ends_it()
    {
        _time.Meanwhile = step =>
        {
            if (step == 3)
            {
                _shop.Revoke("v1", Now).Use("v1", Now + 3, stage: CredentialStage.Revoked);
            }

            StillThere();
        };

        Assert.Contains("VIOLATED", AssertExit(ExitCode.Violated, "--interval", "1m"), StringComparison.Ordinal);
        Assert.Equal(3, _time.Steps);
    }

    [Fact]
    public void An_instance_that_falls_silent_keeps_it_waiting()
    {
        _time.Meanwhile = static _ => { };

        AssertExit(ExitCode.TimeUp, "--interval", "1m", "--timeout", "2h");
    }

    [Theory]
    [InlineData(Now, ExitCode.TimeUp)]
    [InlineData(400, ExitCode.Safe)]
    public void Who_wrote_a_line_after_the_list_of_what_runs_was_made_is_not_gone_by_it(double listedAt, object exit)
    {
        var list = Path.Combine(_evidence.Path, "running");
        File.WriteAllText(list, "aaaa");
        File.SetLastWriteTimeUtc(list, WrittenInstance.At(listedAt).UtcDateTime);
        var late = new WrittenInstance("cccc") { Resource = new() { ["k8s.pod.name"] = "late" } }.Describe(20).See("v1", 20).Promote("v1", 20).Use("v1", 90);
        _time.Meanwhile = _ =>
        {
            StillThere();
            late.Alive((_time.GetUtcNow() - WrittenInstance.Start).TotalMinutes - 1.01).Write(_evidence.Path);
        };

        AssertExit((ExitCode)exit, "--interval", "3m", "--timeout", "1h", "--alive", list);
    }

    [Fact]
    public void Evidence_that_vanishes_for_a_while_keeps_it_waiting()
    {
        _time.Meanwhile = step =>
        {
            if (step is > 2 and < 25)
            {
                File.Delete(_evidence.Files.FirstOrDefault() ?? "nothing");
            }
            else
            {
                StillThere();
            }
        };

        var output = AssertExit(ExitCode.Safe, "--interval", "1m");
        Assert.Contains("still waiting, nothing is seen: There is no *.jsonl file", output, StringComparison.Ordinal);
        Assert.Equal(25, _time.Steps);
    }

    [Fact]
    public void A_rotation_that_has_not_begun_is_waited_for()
    {
        Assert.Contains("no rotation is known yet", AssertExit(ExitCode.TimeUp, "--credential", "stripe", "--old-version", "v2", "--timeout", "1m"), StringComparison.Ordinal);
    }

    [Fact]
    public void An_instance_that_is_tampered_with_ends_it()
    {
        File.WriteAllText(_evidence.File, File.ReadAllText(_evidence.File).Replace("\"uses\":1", "\"uses\":2", StringComparison.Ordinal));

        Assert.Contains("tampered", AssertExit(ExitCode.Violated), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Say where the verdict comes from")]
    [InlineData("Say where the verdict comes from", "{path}", "--prometheus", "http://127.0.0.1:9")]
    [InlineData("--interval: no shorter than 1s", "{path}", "--interval", "10ms")]
    [InlineData("no evidence is of such an instance", "{path}", "--gone", "bbbb")]
    [InlineData("--gone is about evidence", "--prometheus", "http://127.0.0.1:9", "--gone", "aaaa")]
    [InlineData("--quiet-period is about evidence", "--prometheus", "http://127.0.0.1:9", "--quiet-period", "0s")]
    [InlineData("say an address", "--prometheus", "prometheus:9090")]
    [InlineData("no password", "--prometheus", "http://me:secret@127.0.0.1:9")]
    [InlineData("a token does not travel over http", "--prometheus", "http://prometheus.example", "--bearer-token-file", "/dev/null")]
    [InlineData("--ca-file", "--prometheus", "https://127.0.0.1:9", "--ca-file", "/does/not/exist")]
    public void What_makes_no_sense_is_said_at_once(string problem, params string[] arguments)
    {
        var (exit, output) = Run([.. arguments.Select(argument => argument.Replace("{path}", _evidence.Path, StringComparison.Ordinal))]);

        Assert.Equal(((int)ExitCode.Usage, 0), (exit, _time.Steps));
        Assert.Contains(problem, output, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_not_there_at_the_first_look_is_not_waited_for()
    {
        var (exit, output) = Run("/does/not/exist");

        Assert.Equal(((int)ExitCode.CannotRead, 0), (exit, _time.Steps));
        Assert.Equal("'/does/not/exist' does not exist.\nNo verdict: what cannot be read proves nothing.\n", output);
    }

    [Fact]
    public void On_a_terminal_the_latest_is_shown()
    {
        using var screen = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(screen), Ansi = AnsiSupport.Yes, ColorSystem = ColorSystemSupport.NoColors, Interactive = InteractionSupport.Yes });
        console.Profile.Width = 100;
        console.Live(new Text("looking")).Start(context =>
        {
            var display = new TerminalDisplay(context);
            display.Show(new Sight(SightState.Waiting, [.. Enumerable.Range(1, 15).Select(static i => $"line {i} of [red]name[/]\u001b[2K")], "1"), WrittenInstance.At(0), TimeSpan.FromMinutes(90));
            display.Show(new Sight(SightState.Safe, ["stripe v1: SafeToRevoke"], "2"), WrittenInstance.At(1), TimeSpan.FromMinutes(89));
        });

        var text = screen.ToString();
        Assert.Contains("line 12 of [red]name[/]\\u001b[2K", text, StringComparison.Ordinal);
        Assert.DoesNotContain("line 13", text, StringComparison.Ordinal);
        Assert.Contains("and 3 more", text, StringComparison.Ordinal);
        Assert.Contains("looked at 00:00:00Z, time is up in 01:30:00", text, StringComparison.Ordinal);
        Assert.Contains("stripe v1: SafeToRevoke", text, StringComparison.Ordinal);
    }

    private void StillThere() => _shop.Alive((_time.GetUtcNow() - WrittenInstance.Start).TotalMinutes).Write(_evidence.Path);

    private (int Exit, string Output) Run(params string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (CommandLine.Run(["wait", .. arguments], _time, Stream.Null, output, output), output.ToString());
    }

    private string AssertExit(ExitCode exit, params string[] options)
    {
        var (code, output) = Run([_evidence.Path, .. options]);
        Assert.True((int)exit == code, $"{(ExitCode)code}: {output}");
        return output;
    }
}
