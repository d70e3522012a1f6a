using Nhi.Rotation.AwsParameterStore.Parameters;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>A version gets the label that revokes it on somebody's explicit call, and never else.</summary>
public sealed class RevokingTests : IAsyncLifetime
{
    private BackendFixture _aws = null!;
    private string _old = null!;

    public async ValueTask InitializeAsync() => (_aws, _old) = await StartAsync(LabelNames.Default);

    public ValueTask DisposeAsync() => _aws.DisposeAsync();

    [Fact]
    public async Task A_version_is_listed_as_revoked_at_the_cost_of_a_look_and_a_call()
    {
        await RevokeAsync(_old);

        Assert.Equal("GetParameterHistory 1, LabelParameterVersion 1", _aws.Server.Counts());
        Assert.Equal([("1", "its label 'revoked-1' says so"), ("2", null)], (await _aws.ListAsync()).Versions.Select(version => (version.Id.Split('-')[0], version.RevokedBecause)));
    }

    [Fact]
    public async Task The_version_that_is_labelled_as_current_hands_over_to_the_one_before_it()
    {
        _aws.Server.Label(BackendFixture.Name, 2, "current");
        var young = (await _aws.KnownAsync())[^1];

        await RevokeAsync(young);

        Assert.Equal([(VersionLabel.Current, false), (VersionLabel.None, true)], (await _aws.ListAsync()).Versions.Select(version => (version.Label, version.RevokedBecause is not null)));
    }

    [Fact]
    public async Task The_prefix_is_an_option_and_one_that_leaves_no_room_is_an_error()
    {
        var (aws, old) = await StartAsync(LabelNames.Default with { RevokedPrefix = "leaked" });
        await using (aws)
        {
            await aws.Backend.RevokeAsync(new BackendRevocation("cred", BackendFixture.Name, old), TestContext.Current.CancellationToken);
            Assert.Equal("its label 'leaked-1' says so", (await aws.ListAsync()).Versions[0].RevokedBecause);
        }

        var (narrow, other) = await StartAsync(LabelNames.Default with { RevokedPrefix = new string('r', 100) });
        await using (narrow)
        {
            var error = await Assert.ThrowsAsync<BackendException>(
                async () => await narrow.Backend.RevokeAsync(new BackendRevocation("cred", BackendFixture.Name, other), TestContext.Current.CancellationToken));
            Assert.Equal(BackendFailure.Misconfigured, error.Failure);
            Assert.Contains("shorter RevokedLabelPrefix", error.Fix, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("AccessDeniedException", BackendFailure.AccessDenied, "refused ssm:LabelParameterVersion on parameter '/prod/key'", "Grant ssm:LabelParameterVersion")]
    [InlineData("ThrottlingException", BackendFailure.Throttled, "asked for fewer requests", "request quota")]
    [InlineData("TooManyUpdates", BackendFailure.Throttled, "has another change of parameter '/prod/key' under way", "Try again")]
    [InlineData("ParameterVersionLabelLimitExceeded", BackendFailure.Misconfigured, "has ten labels", "unlabel-parameter-version")]
    [InlineData("InternalServerError", BackendFailure.Unavailable, "failed with HTTP 500", "asked again", 500)]
    public async Task What_fails_is_told_and_carries_no_value(string type, BackendFailure failure, string cause, string fix, int status = 400)
    {
        _aws.Server.Faults = call => call.Operation == "LabelParameterVersion" ? Fault.Error(type, status: status) : null;

        var error = await FailAsync(_old);

        Assert.Equal(failure, error.Failure);
        Assert.Contains("Credential 'cred'", error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(Fault.Canary, error + string.Join('\n', _aws.Logger.Collector.GetSnapshot().Select(record => record.Message)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_may_not_read_the_history_is_told_that_action()
    {
        _aws.Server.Faults = _ => Fault.Error("AccessDeniedException");

        Assert.StartsWith("Grant ssm:GetParameterHistory", (await FailAsync(_old)).Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ParameterNotFound")]
    [InlineData("ParameterVersionNotFound")]
    public async Task One_that_is_gone_between_look_and_call_is_no_error(string type)
    {
        _aws.Server.Faults = call => call.Operation == "LabelParameterVersion" ? Fault.Error(type) : null;

        await RevokeAsync(_old);

        Assert.Equal("GetParameterHistory 1, LabelParameterVersion 1", _aws.Server.Counts());
    }

    [Fact]
    public async Task What_is_revoked_already_or_unknown_costs_a_look_and_is_no_error()
    {
        // Of a parameter that was deleted and made again: number 1 is another version now.
        await RevokeAsync("1-20200101T000000000");
        await RevokeAsync("not-an-id");
        _aws.Server.Label(BackendFixture.Name, 1, "revoked-by-hand");
        await RevokeAsync(_old);
        await RevokeAsync(_old, "/prod/other");

        Assert.Equal("GetParameterHistory 4", _aws.Server.Counts());
    }

    [Fact]
    public void The_engine_may_label_nothing_by_itself() => Assert.False(((IBackendRevoker)_aws.Backend).OwnsVersions);

    private static async Task<(BackendFixture Aws, string Old)> StartAsync(LabelNames names)
    {
        var aws = await BackendFixture.StartAsync(names);
        aws.Server.Put(BackendFixture.Name, Fault.Canary);
        aws.Server.Put(BackendFixture.Name, "two");
        return (aws, (await aws.KnownAsync())[0]);
    }

    private async Task RevokeAsync(string version, string key = BackendFixture.Name) =>
        await _aws.Backend.RevokeAsync(new BackendRevocation("cred", key, version), TestContext.Current.CancellationToken);

    private Task<BackendException> FailAsync(string version) => Assert.ThrowsAsync<BackendException>(() => RevokeAsync(version));
}
