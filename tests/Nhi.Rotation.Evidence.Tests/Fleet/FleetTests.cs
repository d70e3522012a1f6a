using System.Text.Json;
using Nhi.Rotation.Cli;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Fleet;

/// <summary>Three instances, one on the old key.</summary>
public sealed class FleetTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_instance_and_the_consumer_on_the_old_key_are_named_and_once_they_moved_it_is_safe()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        await fleet.RotateAsync();
        for (var i = 0; i < 20; i++)
        {
            fleet.UseCurrent();
            fleet.Captured.Reveal();
            await fleet.AdvanceAsync(TimeSpan.FromSeconds(20));
        }

        var stuck = evidence.Verify(fleet.Now);
        Assert.Equal((int)ExitCode.StillUsed, stuck.Exit);
        Assert.Contains($"shop {fleet.Third.Instance}: StillUsed", stuck.Output, StringComparison.Ordinal);
        Assert.Contains("billing used it after it was replaced", stuck.Output, StringComparison.Ordinal);
        Assert.Contains($"shop {fleet.First.Instance}: SafeToRevoke", stuck.Output, StringComparison.Ordinal);

        fleet.Third["stripe"].ForConsumer("billing").Current.Reveal();
        for (var i = 0; i < 20; i++)
        {
            fleet.UseCurrent();
            await fleet.AdvanceAsync(TimeSpan.FromSeconds(20));
        }

        var moved = evidence.Verify(fleet.Now);
        Assert.True(moved.Exit == (int)ExitCode.Safe, moved.Output);
        Assert.DoesNotContain(EvidenceDirectory.Canary, stuck.Output + moved.Output + string.Concat(evidence.Files.Select(File.ReadAllText)), StringComparison.Ordinal);
        Assert.Equal((int)ExitCode.StillUsed, evidence.Verify(fleet.Now, "--quiet-period", "2d").Exit);
        Assert.Equal((int)ExitCode.NotEnoughEvidence, evidence.Verify(fleet.Now, "--credential", "unknown").Exit);
    }

    [Fact]
    public async Task An_instance_that_missed_the_rotation_blocks_it()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        await fleet.RotateAsync(third: false);
        for (var i = 0; i < 20; i++)
        {
            fleet.UseCurrent();
            await fleet.AdvanceAsync(TimeSpan.FromSeconds(20));
        }

        var result = evidence.Verify(fleet.Now);
        Assert.Equal((int)ExitCode.StillUsed, result.Exit);
        Assert.Contains($"shop {fleet.Third.Instance}: StillUsed", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_use_after_retirement_is_a_violation()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        await fleet.RotateAsync();
        fleet.UseCurrent();
        await fleet.AdvanceAsync(TimeSpan.FromMinutes(62), TimeSpan.FromSeconds(60));
        fleet.Captured.Reveal();
        await fleet.AdvanceAsync(TimeSpan.FromSeconds(2));

        var result = evidence.Verify(fleet.Now);
        Assert.Equal((int)ExitCode.Violated, result.Exit);
        Assert.Contains($"shop {fleet.Third.Instance}: Violated", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_one_instance_keeps_open_blocks_it_until_it_is_closed_or_the_instance_stops()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        var connection = fleet.Third["stripe"].ForConsumer("pool").Current.Hold();
        await fleet.AdvanceAsync(TimeSpan.FromSeconds(4));
        await fleet.RotateAsync();
        foreach (var consumer in new[] { "pool", "billing" })
        {
            fleet.Third["stripe"].ForConsumer(consumer).Current.Reveal();
        }

        for (var i = 0; i < 20; i++)
        {
            fleet.UseCurrent();
            await fleet.AdvanceAsync(TimeSpan.FromSeconds(20));
        }

        var held = evidence.Verify(fleet.Now);
        Assert.True(held.Exit == (int)ExitCode.StillUsed, held.Output);
        Assert.Contains("pool still holds 1 connection or session opened with it", held.Output, StringComparison.Ordinal);

        connection.Dispose();
        for (var i = 0; i < 20; i++)
        {
            fleet.UseCurrent();
            await fleet.AdvanceAsync(TimeSpan.FromSeconds(20));
        }

        var closed = evidence.Verify(fleet.Now);
        Assert.True(closed.Exit == (int)ExitCode.Safe, closed.Output);
    }

    [Fact]
    public async Task What_one_instance_keeps_blocks_it_until_it_lets_go_or_stops()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        fleet.Third.Heap.IsSlow = true;
        var kept = fleet.Third["stripe"].ForConsumer("reports").Current;
        fleet.Third.Heap.Keep(kept);
        await fleet.RotateAsync();
        fleet.Third["stripe"].ForConsumer("billing").Current.Reveal();
        await UseForAsync(fleet, rounds: 20);
        var unknown = evidence.Verify(fleet.Now);
        Assert.True(unknown.Exit == (int)ExitCode.NotEnoughEvidence, unknown.Output);
        Assert.Contains("It is not known yet whether", unknown.Output, StringComparison.Ordinal);

        fleet.Third.Heap.IsSlow = false;
        await UseForAsync(fleet, rounds: 20);
        var held = evidence.Verify(fleet.Now);
        Assert.True(held.Exit == (int)ExitCode.StillUsed, held.Output);
        Assert.Contains("reports still holds the credential object it was given.", held.Output, StringComparison.Ordinal);

        fleet.Third.Heap.LetGo(kept);
        await UseForAsync(fleet, rounds: 30);
        var closed = evidence.Verify(fleet.Now);
        Assert.True(closed.Exit == (int)ExitCode.Safe, closed.Output);
    }

    [Fact]
    public async Task What_is_kept_does_not_outlive_its_instance()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        fleet.Third.Heap.Keep(fleet.Third["stripe"].ForConsumer("reports").Current);
        await fleet.RotateAsync();
        fleet.Third["stripe"].ForConsumer("billing").Current.Reveal();
        await UseForAsync(fleet, rounds: 30);
        Assert.Equal((int)ExitCode.StillUsed, evidence.Verify(fleet.Now).Exit);

        await fleet.Third.DisposeAsync();

        var closed = evidence.Verify(fleet.Now);
        Assert.True(closed.Exit == (int)ExitCode.Safe, closed.Output);
    }

    private static async Task UseForAsync(ThreeInstances fleet, int rounds)
    {
        for (var i = 0; i < rounds; i++)
        {
            fleet.UseCurrent();
            await fleet.AdvanceAsync(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public async Task A_connection_does_not_outlive_an_instance_that_stopped_in_good_order()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        using var connection = fleet.Third["stripe"].ForConsumer("pool").Current.Hold();
        await fleet.AdvanceAsync(TimeSpan.FromSeconds(4));
        await fleet.RotateAsync();
        foreach (var engine in new[] { fleet.First, fleet.Third })
        {
            engine["stripe"].ForConsumer("pool").Current.Reveal();
            engine["stripe"].ForConsumer("billing").Current.Reveal();
        }

        await fleet.Third.DisposeAsync();
        for (var i = 0; i < 20; i++)
        {
            fleet.UseCurrent(third: false);
            await fleet.AdvanceAsync(TimeSpan.FromSeconds(20), third: false);
        }

        var result = evidence.Verify(fleet.Now);
        Assert.True(result.Exit == (int)ExitCode.Safe, result.Output);
    }

    [Fact]
    public async Task A_copy_made_too_early_proves_no_quiet()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        await fleet.RotateAsync();
        fleet.UseCurrent();
        fleet.Third["stripe"].ForConsumer("billing").Current.Reveal();
        await fleet.AdvanceAsync(TimeSpan.FromSeconds(2));

        // An hour later nobody has written anything: nobody was there to see that it was quiet.
        Assert.Equal((int)ExitCode.NotEnoughEvidence, evidence.Verify(fleet.Now.AddHours(1)).Exit);
    }

    [Fact]
    public async Task A_consumer_of_a_stopped_instance_must_be_seen_on_the_new_key_elsewhere()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        await fleet.Third.DisposeAsync();
        await fleet.RotateAsync(third: false);
        for (var i = 0; i < 20; i++)
        {
            fleet.UseCurrent(third: false);
            await fleet.AdvanceAsync(TimeSpan.FromSeconds(20), third: false);
        }

        var unproven = evidence.Verify(fleet.Now);
        Assert.Equal((int)ExitCode.NotEnoughEvidence, unproven.Exit);
        Assert.Contains("billing has not been seen on a newer version", unproven.Output, StringComparison.Ordinal);

        fleet.First["stripe"].ForConsumer("billing").Current.Reveal();
        await fleet.AdvanceAsync(TimeSpan.FromSeconds(2), third: false);
        Assert.Equal((int)ExitCode.Safe, evidence.Verify(fleet.Now).Exit);
    }

    [Fact]
    public async Task The_json_form_says_the_same_to_programs()
    {
        using var evidence = new EvidenceDirectory();
        await using var fleet = await ThreeAsync(evidence);
        await fleet.RotateAsync();
        fleet.UseCurrent();
        fleet.Captured.Reveal();
        await fleet.AdvanceAsync(TimeSpan.FromSeconds(2));

        var result = evidence.Verify(fleet.Now, "--format", "json");
        using var json = JsonDocument.Parse(result.Output);
        var root = json.RootElement;
        Assert.Equal(("StillUsed", 1), (root.GetProperty("result").GetString(), root.GetProperty("exitCode").GetInt32()));
        var rotation = Assert.Single(root.GetProperty("rotations").EnumerateArray());
        Assert.Equal(
            ("stripe", "payments", "charges", "v1", "v2", "StillUsed"),
            (Text(rotation, "credential"), Text(rotation, "owner"), Text(rotation, "purpose"), Text(rotation, "oldVersion"), Text(rotation, "newVersion"), Text(rotation, "verdict")));
        var worst = rotation.GetProperty("instances")[0];
        Assert.Equal((fleet.Third.Instance, "StillUsed"), (Text(worst, "instance"), Text(worst, "verdict")));
        Assert.Equal("billing", Text(worst.GetProperty("evidence").GetProperty("verdict").GetProperty("users")[0], "consumer"));
        Assert.Equal(3, root.GetProperty("chains").GetArrayLength());
        Assert.All(root.GetProperty("findings").EnumerateArray(), finding => Assert.Equal("Unclosed", Text(finding, "kind")));
        Assert.Equal(JsonValueKind.Array, worst.GetProperty("evidence").GetProperty("uses").ValueKind);
    }

    private static async Task<ThreeInstances> ThreeAsync(EvidenceDirectory evidence)
    {
        var fleet = new ThreeInstances(evidence);
        await fleet.StartAsync(Ct);
        return fleet;
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
