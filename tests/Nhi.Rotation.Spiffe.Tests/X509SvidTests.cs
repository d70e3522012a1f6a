namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>X.509-SVIDs as credentials: which one, and how soon.</summary>
public sealed class X509SvidTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_agent_pushes_is_in_use_without_anybody_asking()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        await workload.ListenAsync();
        var first = workload.Svid.Current;

        for (var rotation = 1; rotation <= 5; rotation++)
        {
            var before = workload.Serial;
            agent.State.Renew();
            await Eventually.TrueAsync(() => workload.Serial != before);
        }

        // The first is valid to its end, and says so.
        Assert.Contains(workload.Svid.Credentials.Previous, version => version.VersionId == first.VersionId);
        Assert.Equal("spiffe://example.org/billing", workload.Id?.ToString());
    }

    [Fact]
    public async Task A_message_with_the_same_SVID_rotates_nothing()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        var before = workload.Svid.Current;

        agent.State.Push();
        await workload.Svid.RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Same(before, workload.Svid.Current);
        Assert.Single(workload.Svid.Credentials.Presentable);
    }

    [Fact]
    public async Task The_version_is_named_after_the_serial_number_and_ends_with_the_certificate()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();

        var version = workload.Svid.Current;
        using var certificate = TlsCertificate.Parse(version);

        Assert.EndsWith("-" + certificate.Leaf.SerialNumber.ToLowerInvariant(), version.VersionId, StringComparison.Ordinal);
        Assert.Equal(certificate.NotAfter, version.ExpiresOn);
    }

    [Theory]
    [InlineData(null, "/default")]
    [InlineData("internal", "/in")]
    [InlineData("external", "/out")]
    [InlineData("twice", "/first")]
    public async Task A_hint_chooses_among_several_and_without_one_the_first_is_meant(string? hint, string path)
    {
        await using var agent = await TestAgent.StartAsync("example.org", [
            new("/default", "", TestAgent.Life), new("/in", "internal", TestAgent.Life), new("/out", "external", TestAgent.Life),
            new("/first", "twice", TestAgent.Life), new("/second", "twice", TestAgent.Life)]);
        await using var workload = await new TestWorkload(agent, hint).LoadAsync();

        Assert.Equal(path, workload.Id?.Path);
    }

    [Fact]
    public async Task A_hint_that_nobody_has_is_an_error_that_names_those_there_are()
    {
        await using var agent = await TestAgent.StartAsync("example.org", [new("/default", "", TestAgent.Life), new("/in", "internal", TestAgent.Life)]);
        await using var workload = new TestWorkload(agent, "public");

        var error = await workload.RefuseAsync();

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("'public'; there are one without a hint, 'internal'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_the_private_key_is_in_a_log()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        await workload.ListenAsync();
        var key = workload.Svid.Current.Reveal().Split('\n')[1];
        agent.State.Distort = static response => response.Svids[0].Bundle = Google.Protobuf.ByteString.CopyFrom(1, 2, 3);
        var error = await workload.RefuseAsync();

        Assert.True(key.Length > 60);
        Assert.DoesNotContain(workload.Log.Lines, line => line.Contains(key, StringComparison.Ordinal));
        Assert.DoesNotContain(key, error.ToString(), StringComparison.Ordinal);
    }
}
