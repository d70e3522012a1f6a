using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Cli.Tests.Fleet;

/// <summary>One secret under two names, in two services whose evidence compares values under one key. The rotation is v1 to v2 at minute 100.</summary>
public sealed class SharedSecretTests : IDisposable
{
    private const int Now = 300;

    private readonly EvidenceDirectory _evidence = new();

    public void Dispose() => _evidence.Dispose();

    [Theory]
    [InlineData("table")]
    [InlineData("json")]
    public void No_verdict_is_safe_while_another_service_presents_the_value_and_both_are_named(string format)
    {
        Orders().Write(_evidence.Path);
        Billing("same").Stop(Now - 1).Write(_evidence.Path);

        var output = AssertExit(ExitCode.NotEnoughEvidence, "--format", format);

        Assert.Contains("Version 'v7' of credential 'stripe-live' in billing is the same secret and is in service: revoking it hits both.", output.Replace("\\u0027", "'", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_in_service_under_two_names_is_said_whether_it_is_old_or_not()
    {
        Orders("old", "same").Write(_evidence.Path);
        Billing("same").Stop(Now - 1).Write(_evidence.Path);

        Assert.Contains("SAME SECRET: billing/stripe-live (v7) and orders/stripe (v2): revoking it hits both", AssertExit(ExitCode.Safe), StringComparison.Ordinal);
    }

    [Fact]
    public void Another_value_is_another_secret()
    {
        Orders().Write(_evidence.Path);
        Billing("other").Stop(Now - 1).Write(_evidence.Path);

        Assert.DoesNotContain("SAME SECRET", AssertExit(ExitCode.Safe), StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_that_has_moved_away_from_the_value_is_no_obstacle()
    {
        Orders().Write(_evidence.Path);
        Billing("same").Retire("v7", 120, "stripe-live").Stop(Now - 1).Write(_evidence.Path);

        AssertExit(ExitCode.Safe);
    }

    [Fact]
    public void A_value_that_came_back_in_a_later_run_is_known_by_the_key_that_all_runs_have()
    {
        Orders("first", "second", stop: 205).Write(_evidence.Path);
        Later(oldTag: null, newTag: "first").Write(_evidence.Path);

        Assert.Contains("Version 'v3' holds the same value and is in service", AssertExit(ExitCode.NotEnoughEvidence, "--old-version", "v1"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("of-another-key", ExitCode.NotEnoughEvidence)]
    [InlineData("third", ExitCode.Safe)]
    public void A_run_that_knows_an_old_version_without_its_value_cannot_say_that_it_is_another(string newTag, object expected)
    {
        // With the value of v2 under the same key the two runs can compare.
        Orders("first", "second", stop: 205).Write(_evidence.Path);
        Later(oldTag: null, newTag, second: newTag == "third" ? "second" : "second-of-another-key").Write(_evidence.Path);

        var output = AssertExit((ExitCode)expected, "--old-version", "v1");

        Assert.Equal(expected is ExitCode.NotEnoughEvidence, output.Contains("Its value was never seen here, so it is not known whether a version in service holds it.", StringComparison.Ordinal));
    }

    [Fact]
    public void Who_saw_both_values_compared_them()
    {
        Orders("first", "second", stop: 205).Write(_evidence.Path);
        Later(oldTag: "first-of-another-key", newTag: "of-another-key", second: "second-of-another-key").Write(_evidence.Path);

        AssertExit(ExitCode.Safe, "--old-version", "v1");
    }

    // A later run of the app: the store lists v1 as disabled, v2 is old, and v3 is new.
    private static WrittenInstance Later(string? oldTag, string newTag, string second = "second") => new WrittenInstance("cccc", "orders").Describe(210)
        .See("v1", 210, tag: oldTag).Retire("v1", 210).See("v2", 210, tag: second).Promote("v2", 210).Use("v2", 211).Accept("v2", 211)
        .Rotate("v2", "v3", 215).See("v3", 215, tag: newTag).Accept("v3", 216).Use("v3", 217).Stop(Now - 1);

    private static WrittenInstance Orders(string oldTag = "same", string newTag = "new", double stop = Now - 1) => new WrittenInstance("aaaa", "orders").Describe(0)
        .See("v1", 0, tag: oldTag).Promote("v1", 0).Use("v1", 10)
        .Rotate("v1", "v2", 100).See("v2", 100, tag: newTag).Accept("v2", 101).Use("v2", 102).Stop(stop);

    private static WrittenInstance Billing(string tag) => new WrittenInstance("bbbb", "billing").Describe(0, "stripe-live")
        .See("v7", 0, "stripe-live", tag).Promote("v7", 0, credential: "stripe-live").Use("v7", 10, credential: "stripe-live");

    private string AssertExit(ExitCode expected, params string[] options)
    {
        var result = _evidence.Verify(WrittenInstance.At(Now), ["--credential", "stripe", .. options]);
        Assert.True(result.Exit == (int)expected, $"{result.Exit}\n{result.Output}{result.Errors}");
        return result.Output;
    }
}
