using System.Text.Json;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests;

/// <summary><c>nhi-rotation who</c>: who is on a version now.</summary>
public sealed class WhoTests : IDisposable
{
    private const double Now = 300;

    private readonly EvidenceDirectory _evidence = new();

    public void Dispose() => _evidence.Dispose();

    [Fact]
    public void Without_any_rotation_the_users_of_the_current_version_are_named()
    {
        new WrittenInstance("aaaa", "orders", place: "north") { Resource = new() { ["k8s.pod.name"] = "orders-1" } }
            .Describe(0).Promote("v1", 1).Use("v1", 10).Use("v1", 11).Use("v1", 290, "nightly").Alive(299).Write(_evidence.Path);
        new WrittenInstance("bbbb", "orders", place: "north") { Resource = new() { ["k8s.pod.name"] = "orders-2" } }.Describe(0).Promote("v1", 1).Use("v1", 20).Write(_evidence.Path);

        var output = AssertExit(ExitCode.StillUsed);

        Assert.Matches(@"stripe +v1 +Current +orders +north +client +2026-01-01 00:20:00 +3 +0 +yes", output);
        Assert.Contains("Revoking stripe v1 now breaks:", output, StringComparison.Ordinal);
        Assert.Contains("  orders/client in orders-1 (aaaa), orders-2 (bbbb) (silent, may run)", output, StringComparison.Ordinal);
        Assert.Contains("  orders/nightly in orders-1 (aaaa)\n", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Who_moved_or_ended_is_not_on_it()
    {
        new WrittenInstance("aaaa").Describe(0).Promote("v1", 1).Use("v1", 10).Rotate("v1", "v2", 100).Use("v2", 101).Alive(299).Write(_evidence.Path);
        new WrittenInstance("bbbb", "jobs").Describe(0).Promote("v1", 1).Use("v1", 20).Stop(21).Write(_evidence.Path);

        var output = AssertExit(ExitCode.NotEnoughEvidence, "--version-id", "v1");

        Assert.Matches(@"stripe +v1 +Previous +shop +client .* moved", output);
        Assert.Matches(@"stripe +v1 +Current +jobs +client .* ended", output);
        Assert.DoesNotContain("breaks", output, StringComparison.Ordinal);
        Assert.Contains("Nothing that may run is on it now", output, StringComparison.Ordinal);
        Assert.Matches(@"stripe +v2 +Current +shop +client .* yes", AssertExit(ExitCode.StillUsed));
    }

    [Fact]
    public void Of_a_service_only_those_are_named_that_have_not_moved()
    {
        new WrittenInstance("aaaa").Describe(0).Promote("v1", 1).Use("v1", 10).Rotate("v1", "v2", 100).Use("v2", 101).Alive(299).Write(_evidence.Path);
        new WrittenInstance("bbbb").Describe(0).Promote("v1", 1).Use("v1", 20).Write(_evidence.Path);

        Assert.Contains("  shop/client in bbbb (silent, may run)\n", AssertExit(ExitCode.StillUsed, "--version-id", "v1"), StringComparison.Ordinal);
        using var users = JsonDocument.Parse(AssertExit(ExitCode.StillUsed, "--version-id", "v1", "--format", "json"));
        Assert.Equal("aaaa", Assert.Single(Assert.Single(users.RootElement.EnumerateArray()).GetProperty("moved").EnumerateArray()).GetString());
    }

    [Fact]
    public void What_is_still_open_is_on_it_whatever_was_used_later()
    {
        new WrittenInstance("aaaa").Describe(0).Promote("v1", 1).Use("v1", 10, held: 2).Rotate("v1", "v2", 100).Use("v2", 101).Alive(299).Write(_evidence.Path);

        Assert.Matches(@"client +2026-01-01 00:10:00 +1 +2 +yes", AssertExit(ExitCode.StillUsed, "--version-id", "v1"));
    }

    [Fact]
    public void Nobody_is_no_proof()
    {
        new WrittenInstance("aaaa").Describe(0).Promote("v1", 1).Use("v1", 10).Alive(299).Write(_evidence.Path);

        Assert.Contains("NOBODY IS KNOWN", AssertExit(ExitCode.NotEnoughEvidence, "--credential", "other"), StringComparison.Ordinal);
        Assert.Contains("does not exist", Run(["who", "/nowhere"]).Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Programs_read_it_as_JSON()
    {
        new WrittenInstance("aaaa").Describe(0).Promote("v1", 1).Use("v1", 10, caller: "acme").Alive(299).Write(_evidence.Path);

        using var users = JsonDocument.Parse(AssertExit(ExitCode.StillUsed, "--format", "json"));
        var user = Assert.Single(users.RootElement.EnumerateArray());
        Assert.Equal(("stripe", "v1", "Current", "acme", true), (user.GetProperty("credential").GetString(), user.GetProperty("version").GetString(), user.GetProperty("stage").GetString(), user.GetProperty("caller").GetString(), user.GetProperty("isOnIt").GetBoolean()));
        Assert.Equal("aaaa", Assert.Single(user.GetProperty("running").EnumerateArray()).GetString());
    }

    private static (int Exit, string Output) Run(string[] arguments)
    {
        using var output = new StringWriter { NewLine = "\n" };
        return (CommandLine.Run(arguments, new FakeTimeProvider(WrittenInstance.At(Now)), Stream.Null, output, output), output.ToString());
    }

    private string AssertExit(ExitCode exit, params string[] options)
    {
        var (code, output) = Run(["who", _evidence.Path, .. options]);
        Assert.True((int)exit == code, $"{(ExitCode)code}: {output}");
        return output;
    }
}
