using Nhi.Rotation.GoogleSecretManager.Tests.Server;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

/// <summary>A version is disabled on somebody's explicit call, and never else.</summary>
public sealed class RevokingTests : IAsyncLifetime
{
    private const string Look = "GET projects/shop/secrets/key/versions/1";
    private const string Disable = "POST projects/shop/secrets/key/versions/1:disable";

    private BackendFixture _google = null!;
    private string _old = null!;

    public async ValueTask InitializeAsync()
    {
        _google = await BackendFixture.StartAsync();
        _google.Add(GoogleError.Canary);
        _google.Add("two");
        _old = (await _google.KnownAsync())[0];
    }

    public ValueTask DisposeAsync() => _google.DisposeAsync();

    [Fact]
    public async Task A_version_is_disabled_for_all_at_the_cost_of_a_look_and_a_call()
    {
        await RevokeAsync(_old);

        Assert.Equal([Look, Disable], _google.Server.Calls);
        Assert.Equal("None=?-, None=two", (await _google.ListAsync(known: _old)).Summary());
        Assert.Equal("None=two", (await _google.ListAsync()).Summary());
    }

    [Theory]
    [InlineData(403, BackendFailure.AccessDenied, "does not let the identity disable a version of secret 'projects/shop/secrets/key'", "Grant secretmanager.versions.disable")]
    [InlineData(429, BackendFailure.Throttled, "asked for fewer requests", "quota")]
    [InlineData(500, BackendFailure.Unavailable, "failed with HTTP 500", "asked again")]
    [InlineData(400, BackendFailure.Misconfigured, "as invalid", "region's endpoint")]
    public async Task What_fails_is_told_and_carries_no_value(int status, BackendFailure failure, string cause, string fix)
    {
        _google.Server.Faults = call => call == Disable ? SecretManagerServer.Fail(status) : null;

        var error = await FailAsync(_old);

        Assert.Equal(failure, error.Failure);
        Assert.Contains("Credential 'cred'", error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Cause, StringComparison.Ordinal);
        Assert.Contains(fix, error.Fix, StringComparison.Ordinal);
        Assert.DoesNotContain(GoogleError.Canary, error + string.Join('\n', _google.Logger.Collector.GetSnapshot().Select(record => record.Message)), StringComparison.Ordinal);
        Assert.Equal("ENABLED", _google.Server[BackendFixture.Name].Versions[0].State);
    }

    [Fact]
    public async Task Whoever_may_not_look_at_the_version_is_told_that_permission()
    {
        _google.Server.Faults = call => call == Look ? SecretManagerServer.Fail(403) : null;

        Assert.StartsWith("Grant secretmanager.versions.get on it", (await FailAsync(_old)).Fix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"name\":\"projects/shop/secrets/key/versions/1\",\"state\":\"ENABLED\"}")]
    [InlineData("{\"name\":\"projects/shop/secrets/key/versions/1\"}")]
    public async Task An_answer_that_does_not_say_that_it_is_disabled_is_an_error(string answer)
    {
        _google.Server.Faults = call => call == Disable ? SecretManagerServer.Answer(200, answer) : null;

        Assert.Equal(BackendFailure.InvalidContent, (await FailAsync(_old)).Failure);
    }

    [Fact]
    public async Task What_has_ended_or_is_unknown_is_left_alone_and_no_error()
    {
        await RevokeAsync(_old);
        await RevokeAsync(_old);
        _google.Server[BackendFixture.Name].Versions[0].State = "DESTROYED";
        await RevokeAsync(_old);
        await RevokeAsync("9-20260101T0000000000000");
        await RevokeAsync("latest");
        await RevokeAsync(_old, "projects/shop/secrets/other");

        Assert.Single(_google.Server.Calls, call => call.EndsWith(":disable", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_version_of_a_secret_that_was_made_again_under_the_same_number_is_left_alone()
    {
        await RevokeAsync("1-20200101T0000000000000");

        Assert.Equal([Look], _google.Server.Calls);
        Assert.Equal("ENABLED", _google.Server[BackendFixture.Name].Versions[0].State);
    }

    [Fact]
    public async Task One_that_is_deleted_between_look_and_call_is_no_error()
    {
        _google.Server.Faults = call => call == Disable ? SecretManagerServer.Fail(404) : null;

        await RevokeAsync(_old);

        Assert.Contains(Disable, _google.Server.Calls);
    }

    [Fact]
    public void The_engine_may_disable_nothing_by_itself() => Assert.False(((IBackendRevoker)_google.Backend).OwnsVersions);

    private async Task RevokeAsync(string version, string key = BackendFixture.Name) =>
        await _google.Backend.RevokeAsync(new BackendRevocation("cred", key, version), TestContext.Current.CancellationToken);

    private Task<BackendException> FailAsync(string version) => Assert.ThrowsAsync<BackendException>(() => RevokeAsync(version));
}
