using System.Text;
using System.Text.RegularExpressions;
using Nhi.Rotation.Cli;

namespace Nhi.Rotation.Evidence.Tests.Agreement;

/// <summary>The tool, from files, and the recording rules, from metrics, give the same verdict of the same life of a fleet.</summary>
public sealed partial class AgreementTests
{
    private static readonly Situation[] Situations =
    [
        new("all move", fleet => EachAsync(fleet), (40, "v1", ExitCode.NotEnoughEvidence), (65, "v1", ExitCode.NotEnoughEvidence), (90, "v1", ExitCode.Safe)),
        new(
            "a consumer captured the key and goes on",
            async fleet =>
            {
                await EachAsync(fleet);
                (fleet.Captured ??= fleet[1].ForConsumer("report").Current).Reveal();
            },
            (30, "v1", ExitCode.StillUsed), (45, "v1", ExitCode.StillUsed), (60, "v1", ExitCode.Violated), (120, "v1", ExitCode.Violated)),
        new(
            "a consumer captured the key and moves in time",
            async fleet =>
            {
                await EachAsync(fleet);
                if (fleet.Minute < 30)
                {
                    (fleet.Captured ??= fleet[1].ForConsumer("report").Current).Reveal();
                }
                else
                {
                    fleet.Use(1, "report");
                }
            },
            (35, "v1", ExitCode.StillUsed), (80, "v1", ExitCode.StillUsed), (95, "v1", ExitCode.Safe)),
        new(
            "an instance misses the rotation",
            fleet => EachAsync(fleet, rotating: 1),
            (30, "v1", ExitCode.StillUsed), (120, "v1", ExitCode.StillUsed)),
        new(
            "a job ran before the rotation and not since",
            async fleet =>
            {
                await EachAsync(fleet);
                if (fleet.Minute is 3 or 130)
                {
                    fleet.Use(0, "nightly");
                }
            },
            (40, "v1", ExitCode.NotEnoughEvidence), (120, "v1", ExitCode.NotEnoughEvidence), (140, "v1", ExitCode.Safe)),
        new(
            "nobody says that the new version is accepted",
            fleet => EachAsync(fleet, accepted: fleet.Minute > 100),
            (90, "v1", ExitCode.NotEnoughEvidence), (110, "v1", ExitCode.Safe)),
        new(
            "a connection stays open until minute 35",
            async fleet =>
            {
                fleet.Held ??= fleet[1].ForConsumer("pool").Current.Hold();
                await EachAsync(fleet);
                if (fleet.Minute >= 35)
                {
                    fleet.Held.Dispose();
                    fleet.Use(1, "pool");
                }
            },
            (30, "v1", ExitCode.StillUsed), (80, "v1", ExitCode.StillUsed), (110, "v1", ExitCode.Safe)),
        new(
            "a connection outlives the overlap",
            async fleet =>
            {
                fleet.Held ??= fleet[1].ForConsumer("pool").Current.Hold();
                await EachAsync(fleet);
            },
            (40, "v1", ExitCode.StillUsed), (60, "v1", ExitCode.Violated)),
        new(
            "an instance dies",
            async fleet =>
            {
                if (fleet.Minute == 30)
                {
                    fleet.Kill(1);
                }

                await EachAsync(fleet, alive: fleet.Minute < 30 ? 2 : 1);
            },
            (60, "v1", ExitCode.NotEnoughEvidence), (120, "v1", ExitCode.NotEnoughEvidence)),
        new(
            "an instance stops in good order",
            async fleet =>
            {
                if (fleet.Minute == 30)
                {
                    await fleet.StopAsync(1);
                }

                await EachAsync(fleet, alive: fleet.Minute < 30 ? 2 : 1);
            },
            (40, "v1", ExitCode.NotEnoughEvidence), (120, "v1", ExitCode.Safe)),
        new(
            "a rollback, and the old version is accepted again late",
            async fleet =>
            {
                if (fleet.Minute == 20)
                {
                    await fleet.RotateAsync(0, "v2", "v1");
                    await fleet.RotateAsync(1, "v2", "v1");
                }

                await EachAsync(fleet, accepted: fleet.Minute is < 20 or > 100);
            },
            (95, "v2", ExitCode.NotEnoughEvidence), (120, "v2", ExitCode.Safe)),
        new(
            "two rotations",
            async fleet =>
            {
                if (fleet.Minute == 30)
                {
                    await fleet.RotateAsync(0, "v1", "v2", "v3");
                    await fleet.RotateAsync(1, "v1", "v2", "v3");
                }

                await EachAsync(fleet);
            },
            (75, "v1", ExitCode.Safe), (75, "v2", ExitCode.NotEnoughEvidence), (100, "v2", ExitCode.Safe)),
        new(
            "an instance calls the version by an id of its own",
            async fleet =>
            {
                if (fleet.Minute == 0)
                {
                    await fleet.StartAsync("fp-1");
                }

                await EachAsync(fleet);
                fleet.Use(2);
            },
            (40, "v1", ExitCode.NotEnoughEvidence), (120, "v1", ExitCode.NotEnoughEvidence)),
        new(
            "callers: one moves, one sleeps",
            async fleet =>
            {
                await EachAsync(fleet);
                fleet[0].Match(fleet.Minute < 10 ? "value-of-v1"u8 : "value-of-v2"u8, "acme");
                if (fleet.Minute is 5)
                {
                    fleet[0].Match("value-of-v1"u8, "globex");
                }
                else if (fleet.Minute is 110)
                {
                    fleet[0].Match("value-of-v2"u8, "globex");
                }
            },
            (100, "v1", ExitCode.NotEnoughEvidence), (120, "v1", ExitCode.Safe)),
        new(
            "a caller presents the old key in the overlap and after it",
            async fleet =>
            {
                await EachAsync(fleet);
                fleet[0].Match(fleet.Minute is < 10 or 20 or 100 ? "value-of-v1"u8 : "value-of-v2"u8, "acme");
            },
            (40, "v1", ExitCode.StillUsed), (95, "v1", ExitCode.Safe), (110, "v1", ExitCode.Violated)),
        new(
            "a link that was signed with the old key is valid until minute 130",
            async fleet =>
            {
                await EachAsync(fleet);
                if (fleet.Minute == 5)
                {
                    fleet[1].Current.RecordUse(fleet.Now.AddMinutes(125));
                }
                else if (fleet.Minute is 20)
                {
                    fleet.Use(1, "app");
                }
            },
            (100, "v1", ExitCode.NotEnoughEvidence), (125, "v1", ExitCode.NotEnoughEvidence), (135, "v1", ExitCode.Safe)),
        new(
            "the value comes back under another id",
            async fleet =>
            {
                if (fleet.Minute == 20)
                {
                    fleet.Values["v3"] = "value-of-v1";
                    await fleet.RotateAsync(0, "v1", "v2", "v3");
                    await fleet.RotateAsync(1, "v1", "v2", "v3");
                }

                await EachAsync(fleet);
            },
            (100, "v1", ExitCode.NotEnoughEvidence)),
        new("another credential has the same secret", fleet => EachAsync(fleet), (100, "v1", ExitCode.NotEnoughEvidence)) { ValueOfOther = "value-of-v1" },
        new(
            "nothing proves the new version, and proof is required",
            async fleet =>
            {
                await EachAsync(fleet, accepted: false);
                if (fleet.Minute > 10)
                {
                    fleet.Answer(0, isProof: fleet.Minute > 100);
                    fleet.Answer(1, isProof: fleet.Minute > 100);
                }
            },
            (95, "v1", ExitCode.NotEnoughEvidence), (110, "v1", ExitCode.Safe)) { RequiresProof = true },
        new(
            "nothing proves the new version, and no proof is required",
            async fleet =>
            {
                await EachAsync(fleet, accepted: false);
                if (fleet.Minute > 10)
                {
                    fleet.Answer(0, isProof: false);
                    fleet.Answer(1, isProof: false);
                }
            },
            (95, "v1", ExitCode.Safe)),
        new(
            "another credential uses a version of the same id",
            async fleet =>
            {
                await EachAsync(fleet);
                fleet.UseOther(0);
            },
            (40, "v1", ExitCode.NotEnoughEvidence), (120, "v1", ExitCode.Safe)),
    ];

    [Fact]
    public async Task The_tool_and_the_rules_agree_in_every_situation()
    {
        var file = new StringBuilder($"rule_files: [ {Repository.Rules} ]\nevaluation_interval: 1m\ntests:\n");
        var wrong = new StringBuilder();
        var compared = 0;
        foreach (var situation in Situations)
        {
            await using var fleet = new ScrapedFleet { RequiresProof = situation.RequiresProof, ValueOfOther = situation.ValueOfOther };
            await fleet.StartAsync("v1");
            await fleet.StartAsync("v1");
            while (fleet.Minute < situation.Verdicts.Max(verdict => verdict.Minute))
            {
                await situation.EachMinute(fleet);
                await fleet.AdvanceAsync();
                foreach (var (_, old, expected) in situation.Verdicts.Where(verdict => verdict.Minute == fleet.Minute))
                {
                    var tool = fleet.Ask(old);
                    foreach (var (instance, verdict) in fleet.Say(old).ToArray())
                    {
                        // One wording for each reason: what the status page shows is what the tool prints.
                        var said = ReasonsOf(tool.Output, $"shop {instance}: {verdict.Kind}");
                        compared += said is [] ? 0 : verdict.Reasons.Count;
                        if (said is not [] && !said.SequenceEqual(verdict.Reasons.Select(WithoutTime)))
                        {
                            wrong.Append(System.Globalization.CultureInfo.InvariantCulture, $"{situation.Name}, minute {fleet.Minute}, {old}: the process says\n    {string.Join("\n    ", verdict.Reasons)}\nthe tool\n{tool.Output}");
                        }
                    }

                    if (tool.Exit != (int)expected)
                    {
                        wrong.Append(System.Globalization.CultureInfo.InvariantCulture, $"{situation.Name}, minute {fleet.Minute}, {old}: the tool says {tool.Exit}, not {expected}\n{tool.Output}");
                    }
                }
            }

            file.Append(fleet.ToPromtoolTest(situation.Name, situation.Verdicts.Select(verdict => (verdict.Minute, verdict.Old, ValueOf(verdict.Verdict)))));
        }

        Assert.True(wrong.Length == 0, wrong.ToString());
        Assert.True(compared > 100, $"{compared} reasons were compared");
        var path = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(path, file.ToString(), TestContext.Current.CancellationToken);
            var (exit, output) = await Tool.RunAsync(Tool.Promtool, "test", "rules", path);
            Assert.True(exit == 0, output);
        }
        finally
        {
            File.Delete(path);
        }
    }

    // None where the tool does not name the instance with that verdict, or others are worse.
    private static string[] ReasonsOf(string output, string head)
    {
        var lines = output.Split('\n');
        var at = Array.FindIndex(lines, line => line.Trim() == head);
        return at < 0 ? [] : [.. lines.Skip(at + 1).TakeWhile(static line => line.StartsWith("    ", StringComparison.Ordinal)).Select(static line => WithoutTime(line.Trim()))];
    }

    // What goes on is dated by the last line of the evidence there, and by now here.
    private static string WithoutTime(string reason) => Moment().Replace(reason, "then");

    [GeneratedRegex(@"\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ")]
    private static partial Regex Moment();

    // docs/fleet.md has the same two columns.
    private static int? ValueOf(ExitCode verdict) => verdict switch
    {
        ExitCode.Safe => 1,
        ExitCode.NotEnoughEvidence => 2,
        ExitCode.StillUsed => 3,
        _ => 4,
    };

    // What the client of each instance does, and the rotation in minute 10.
    private static async Task EachAsync(ScrapedFleet fleet, int alive = 2, int rotating = 2, bool accepted = true)
    {
        for (var i = 0; i < alive; i++)
        {
            if (fleet.Minute == 10 && i < rotating)
            {
                await fleet.RotateAsync(i, "v1", "v2");
            }

            fleet.Use(i, accepted: accepted);
        }
    }
}
