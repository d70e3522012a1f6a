namespace Nhi.Rotation.Testing.Tests.Fakes;

/// <summary>The fake does to its providers what the real one does, and notes what it was asked.</summary>
public sealed class FakeStoreRevokerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_ends_a_version_and_refuses_the_last_one_as_the_real_one_does()
    {
        var stripe = new FakeCredentialProvider("stripe", "one");
        stripe.RotateTo("two");
        var revoker = new FakeStoreRevoker(stripe);

        Assert.True(await revoker.RevokeAsync("stripe", "v1", "leaked", ct: Ct));
        await Assert.ThrowsAsync<LastVersionException>(async () => await revoker.RevokeAsync("stripe", "v2", "leaked", ct: Ct));
        Assert.False(await revoker.RevokeAsync("stripe", "typo", "leaked", ct: Ct));
        Assert.Equal("v2", stripe.Current.VersionId);
        Assert.Equal(["v1", "typo"], revoker.Revocations.Select(one => one.VersionId));

        Assert.True(await revoker.RevokeAsync("stripe", "v2", "leaked", evenIfLast: true, Ct));
        Assert.Null(stripe.Credentials.Current);
    }

    [Fact]
    public async Task A_store_that_fails_leaves_the_version_revoked_in_the_process()
    {
        var stripe = new FakeCredentialProvider("stripe", "one");
        stripe.RotateTo("two");
        var revoker = new FakeStoreRevoker(stripe) { Error = new BackendException("stripe", BackendFailure.Throttled, "it is busy", "Wait.") };

        Assert.Same(revoker.Error, await Assert.ThrowsAsync<BackendException>(async () => await revoker.RevokeAsync("stripe", "v1", "leaked", ct: Ct)));

        Assert.Empty(revoker.Revocations);
        Assert.Equal(["v2"], stripe.Credentials.Presentable.Select(version => version.VersionId));
    }

    [Fact]
    public async Task One_that_it_does_not_know_is_an_error() =>
        await Assert.ThrowsAsync<CredentialUnavailableException>(async () => await new FakeStoreRevoker().RevokeAsync("stripe", "v1", "leaked", ct: Ct));
}
