using System.Globalization;
using System.Text.Json.Nodes;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>The report of a large fleet fits a screen, names the worst first, and leaves nothing out when asked.</summary>
public sealed class ScreenTests : IDisposable
{
    private const double Now = 300;
    private const int Screen = 50;

    private readonly EvidenceDirectory _evidence = new();

    public ScreenTests()
    {
        for (var i = 0; i < 60; i++)
        {
            var pod = Pod(i, i % 3 == 0 ? "billing" : "shop").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102);
            (i is 17 or 19 ? pod.Use("v1", 290 + (i / 10.0), "nightly", CredentialStage.Previous) : pod).Alive(Now).Write(_evidence.Path);
        }
    }

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void Sixty_instances_are_told_by_service_the_worst_first()
    {
        var output = AssertExit(ExitCode.StillUsed);

        var lines = output.Split('\n');
        Assert.InRange(lines.Length, 8, Screen);
        Assert.Matches(@"(?s)  shop: StillUsed in 2 of 40: pod-19 \(0000000000000019\), pod-17 \(0000000000000017\)\n    nightly used it after.*  billing: \w+ in 20 of 20, each by itself: .* and 17 more\n", output);
        Assert.Contains("billing: 20 instances, 20 open, 0 closed, 0 gone; ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("chain head ", lines[^2], StringComparison.Ordinal);
        Assert.Matches(@"Judged at 2026-01-01 05:00:00Z by nhi-rotation \d+\.\d+\.\d+\.\nSTILL USED", output);
    }

    [Fact]
    public void Verbose_names_all_of_them()
    {
        var output = AssertExit(ExitCode.StillUsed, "--verbose");

        Assert.All(_evidence.Read(), instance => Assert.Contains($"{instance.App} {instance.Name}: 1 file(s), {instance.Lines} lines, open, chain head {instance.Head}", output, StringComparison.Ordinal));
        Assert.Equal(60, output.Split('\n').Count(static line => line.StartsWith("open: ", StringComparison.Ordinal)));
    }

    [Fact]
    public void Of_many_rotations_the_worst_are_explained_and_the_others_counted()
    {
        var many = Pod(99, "many");
        for (var i = 0; i < 40; i++)
        {
            var name = string.Create(CultureInfo.InvariantCulture, $"c{i:00}");
            many.Describe(0, name).See("k1", 0, name).Promote("k1", 0, credential: name).Use("k1", 10, credential: name).Rotate("k1", "k2", 100, name).Accept("k2", 101, name).Use("k2", 102, credential: name);
        }

        many.Alive(Now).Write(_evidence.Path);

        var output = AssertExit(ExitCode.StillUsed);
        Assert.InRange(output.Split('\n').Length, 20, Screen);
        Assert.Contains("and 31 more rotations: 31 SafeToRevoke\n", output, StringComparison.Ordinal);
        Assert.Contains("--verbose explains all 41.", output, StringComparison.Ordinal);
        Assert.Matches(@"^credential .*\nstripe +v1 +v2 +StillUsed", output);
        Assert.Equal(41, AssertExit(ExitCode.StillUsed, "--verbose").Split('\n').Count(static line => line.Contains(" (owner payments)", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_line_that_was_tampered_with_is_named_in_any_crowd()
    {
        var file = _evidence.Files[40];
        File.WriteAllText(file, File.ReadAllText(file).Replace("\"uses\":1", "\"uses\":2", StringComparison.Ordinal));

        Assert.Contains($"TAMPERED: {file}:", AssertExit(ExitCode.Violated), StringComparison.Ordinal);
    }

    [Fact]
    public void Overridden_limits_are_in_the_JSON()
    {
        var report = JsonNode.Parse(AssertExit(ExitCode.StillUsed, "--quiet-period", "2h", "--max-age", "1d", "--format", "json"))!;

        Assert.Equal(["--quiet-period 02:00:00", "--max-age 1.00:00:00"], report["question"]!["overridden"]!.AsArray().Select(static one => one!.GetValue<string>()));
        Assert.Empty(JsonNode.Parse(AssertExit(ExitCode.StillUsed, "--credential", "stripe", "--format", "json"))!["question"]!["overridden"]!.AsArray());
    }

    private static WrittenInstance Pod(int i, string app) =>
        new(i.ToString("0000000000000000", CultureInfo.InvariantCulture), app) { Resource = new() { ["k8s.pod.name"] = string.Create(CultureInfo.InvariantCulture, $"pod-{i}") } };

    private string AssertExit(ExitCode exit, params string[] options)
    {
        var (code, output, errors) = _evidence.Verify(WrittenInstance.At(Now), options);
        Assert.True((int)exit == code, $"{(ExitCode)code}: {output}{errors}");
        return output.ReplaceLineEndings("\n");
    }
}
