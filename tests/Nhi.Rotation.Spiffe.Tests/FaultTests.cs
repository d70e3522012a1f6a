using Google.Protobuf;
using Grpc.Core;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Time.Testing;
using SpiffeSample.LocalAgent;
using SpiffeSample.LocalAgent.Protocol;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>The table of faults in docs/spiffe.md, row by row: what is valid stays in use to its end, the error says what to do, and health tells.</summary>
public sealed class FaultTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Malformed => new()
    {
        { "no key", "has no private key" },
        { "no certificate", "has no certificate" },
        { "no bundle", "has no trust bundle" },
        { "no ID", "has no SPIFFE ID" },
        { "damaged certificate", "has a certificate that is damaged" },
        { "damaged bundle", "came with a trust bundle that is damaged" },
        { "damaged key", "private key" },
        { "other ID", "is another identity's than the message says" },
        { "no SVID", "sent a message without an SVID" },
        { "foreign bundle", "was signed by nobody in the trust bundle of example.org" },
    };

    public static TheoryData<string, string> Misshapen => new()
    {
        { "foreign key", "key" },
        { "two URIs", "has several URIs" },
        { "no URI", "has no SPIFFE ID" },
        { "no SPIFFE ID", "has a URI among its alternative names that is no SPIFFE ID" },
        { "no path", "has the SPIFFE ID of a trust domain" },
        { "authority", "is an authority's" },
        { "expired", "expired at" },
    };

    [Fact]
    public async Task The_stream_breaks_and_is_open_again_at_once()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        await workload.ListenAsync();

        agent.State.BreakStreams();
        await Eventually.TrueAsync(() => workload.Log.Count(560) == 2);

        Assert.NotNull(workload.Serial);
        Assert.Equal(1, workload.Log.Count(561));
        var before = workload.Serial;
        agent.State.Renew();
        await Eventually.TrueAsync(() => workload.Serial != before);
    }

    [Fact]
    public async Task The_agent_is_away_what_is_valid_stays_and_when_it_is_back_it_is_heard_at_once()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        await workload.ListenAsync();
        var before = workload.Serial;

        await agent.StopAsync();
        await Eventually.TrueAsync(async () => await workload.HealthAsync() == HealthStatus.Degraded);

        Assert.Equal(before, workload.Serial);
        await Eventually.TrueAsync(async () => await workload.RefuseAsync() is { Failure: BackendFailure.Unavailable } error
            && error.Message.Contains($"there is no socket at {agent.SocketPath}", StringComparison.Ordinal));

        await agent.StartAgainAsync();
        agent.State.Renew();
        await Eventually.TrueAsync(() => workload.Serial != before);
        await Eventually.TrueAsync(async () => await workload.HealthAsync() == HealthStatus.Healthy);
    }

    [Fact]
    public async Task There_is_no_identity_yet_and_when_there_is_one_it_is_in_use()
    {
        await using var agent = await TestAgent.StartAsync();
        await using var workload = new TestWorkload(agent);

        var error = await workload.RefuseAsync();
        Assert.Equal(BackendFailure.AccessDenied, error.Failure);
        Assert.Contains("has no identity for this process", error.Message, StringComparison.Ordinal);
        Assert.Throws<CredentialUnavailableException>(() => workload.Svid.Current);

        agent.State.Register(new WorkloadEntry("/late", "", TestAgent.Life));
        await Eventually.TrueAsync(() => workload.Id?.Path == "/late");
    }

    [Fact]
    public async Task The_identity_is_taken_back_and_is_kept_to_its_end_unless_it_is_to_be_given_up()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var keeps = await new TestWorkload(agent).LoadAsync();
        await using var stops = await new TestWorkload(agent, configure: options => options.StopWhenDenied = true).LoadAsync();
        await keeps.ListenAsync();
        await stops.ListenAsync();

        agent.State.Register();
        await Eventually.TrueAsync(() => stops.Svid.Credentials.Current is null);
        await Eventually.TrueAsync(async () => await keeps.HealthAsync() == HealthStatus.Degraded);

        Assert.NotNull(keeps.Serial);
        Assert.Equal(HealthStatus.Unhealthy, await stops.HealthAsync());

        agent.State.Register(new WorkloadEntry("/again", "", TestAgent.Life));
        await Eventually.TrueAsync(() => stops.Id?.Path == "/again");
        await Eventually.TrueAsync(() => keeps.Id?.Path == "/again");
    }

    [Theory]
    [InlineData(StatusCode.InvalidArgument, "(InvalidArgument)")]
    [InlineData(StatusCode.Unimplemented, "(Unimplemented)")]
    public async Task What_the_standard_says_not_to_ask_again_is_not_asked_again(StatusCode status, string text)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        agent.State.Refuses = status;
        await using var workload = new TestWorkload(agent);
        var error = await workload.RefuseAsync();
        await Eventually.TrueAsync(() => workload.Log.Count(562) == 1);
        var calls = agent.State.Calls("FetchX509SVID");

        for (var i = 0; i < 3; i++)
        {
            await workload.RefuseAsync();
        }

        Assert.Equal(BackendFailure.Misconfigured, error.Failure);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Equal(calls, agent.State.Calls("FetchX509SVID"));
        Assert.Equal(0, workload.Log.Count(561));
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, BackendFailure.Unavailable)]
    [InlineData(StatusCode.ResourceExhausted, BackendFailure.Throttled)]
    [InlineData(StatusCode.Internal, BackendFailure.Unavailable)]
    [InlineData(StatusCode.Unknown, BackendFailure.Unavailable)]
    public async Task Any_other_code_is_tried_again(StatusCode status, BackendFailure failure)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        agent.State.Refuses = status;
        await using var workload = new TestWorkload(agent);

        var error = await workload.RefuseAsync();

        Assert.Equal(failure, error.Failure);
        Assert.DoesNotContain("refused", error.Message, StringComparison.Ordinal);
        agent.State.Refuses = null;
        await Eventually.TrueAsync(() => workload.Serial is not null);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_malformed_message_changes_nothing(string how, string text)
    {
        using var foreign = new TrustDomain("example.org");
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        await workload.ListenAsync();
        var before = workload.Serial;

        agent.State.Distort = response => Distort(response, how, foreign);
        agent.State.Renew();
        var error = await workload.RefuseAsync();

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains("'svid'", error.Message, StringComparison.Ordinal);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, workload.Serial);
        Assert.Equal(HealthStatus.Degraded, await workload.HealthAsync());

        agent.State.Distort = null;
        agent.State.Renew();
        await Eventually.TrueAsync(() => workload.Serial is { } serial && serial != before);
    }

    [Theory]
    [MemberData(nameof(Misshapen))]
    public async Task An_SVID_that_breaks_a_rule_changes_nothing(string how, string text)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        await workload.ListenAsync();
        var before = workload.Serial;

        agent.State.Renew(shape => Shape(shape, how));
        var error = await workload.RefuseAsync();

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Equal(before, workload.Serial);
        Assert.Equal(HealthStatus.Degraded, await workload.HealthAsync());
    }

    [Fact]
    public async Task An_SVID_that_ends_while_the_agent_is_away_is_not_presented_any_more()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var agent = await TestAgent.StartAsync(TimeSpan.FromMinutes(5));
        await using var workload = await new TestWorkload(agent, time: time).LoadAsync();
        await workload.ListenAsync();
        await agent.StopAsync();
        time.Advance(TimeSpan.FromMinutes(4));
        Assert.NotNull(workload.Serial);
        time.Advance(TimeSpan.FromMinutes(2));
        await Eventually.TrueAsync(() => workload.Svid.Credentials.Current is null);
        Assert.Equal(HealthStatus.Unhealthy, await workload.HealthAsync());
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return Assert.Throws<CredentialUnavailableException>(() => workload.Svid.Current).Message.Contains("there is no socket at", StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task An_agent_that_hangs_is_given_up_after_the_time_limit_of_a_refresh_and_what_is_valid_stays()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var agent = await TestAgent.StartAsync(TimeSpan.FromHours(1));
        await using var workload = await new TestWorkload(agent, time: time).LoadAsync();
        await workload.ListenAsync();
        var (serial, calls, started) = (workload.Serial, agent.State.Calls("FetchX509SVID"), time.GetUtcNow());
        agent.State.IsSilent = true;

        var refusing = workload.RefuseAsync();
        await Eventually.TrueAsync(() =>
        {
            time.Advance(TimeSpan.FromSeconds(1));
            return refusing.IsCompleted;
        });
        var error = await refusing;

        // As many attempts as a refresh has, and each had its whole time.
        var attempts = agent.State.Calls("FetchX509SVID") - calls;
        Assert.Equal((BackendFailure.Unavailable, 3), (error.Failure, attempts));
        Assert.Contains("did not answer within 10 s", error.Message, StringComparison.Ordinal);
        Assert.True(time.GetUtcNow() - started >= TimeSpan.FromSeconds(30), $"{time.GetUtcNow() - started}");
        Assert.Equal(serial, workload.Serial);
        Assert.Equal(HealthStatus.Degraded, await workload.HealthAsync());
    }

    [Fact]
    public async Task Who_is_cancelled_while_the_agent_is_silent_ends_at_once()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        agent.State.IsSilent = true;
        await using var workload = new TestWorkload(agent);
        var backend = new Svids.X509SvidBackend(
            (Workload.WorkloadApi)workload.Services.GetService(typeof(Workload.WorkloadApi))!, (Trust.TrustStore)workload.Services.GetService(typeof(Trust.TrustStore))!, hint: null, stopsWhenDenied: false);
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var listing = backend.ListAsync(new BackendRequest("svid", "x509-svid"), cancelled.Token).AsTask();
        await Eventually.TrueAsync(() => agent.State.Calls("FetchX509SVID") == 1);
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => listing);
    }

    private static void Distort(X509SVIDResponse response, string how, TrustDomain foreign)
    {
        var svid = response.Svids[0];
        switch (how)
        {
            case "no key": svid.X509SvidKey = ByteString.Empty; break;
            case "no certificate": svid.X509Svid = ByteString.Empty; break;
            case "no bundle": svid.Bundle = ByteString.Empty; break;
            case "no ID": svid.SpiffeId = string.Empty; break;
            case "damaged certificate": svid.X509Svid = svid.X509Svid.Memory[..^1].ToArray() is var cut ? ByteString.CopyFrom(cut) : null; break;
            case "damaged bundle": svid.Bundle = ByteString.CopyFrom(0x30, 0x03, 1, 2, 3); break;
            case "damaged key": svid.X509SvidKey = ByteString.CopyFrom(0x30, 0x03, 1, 2, 3); break;
            case "other ID": svid.SpiffeId = "spiffe://example.org/other"; break;
            case "no SVID": response.Svids.Clear(); break;
            case "foreign bundle": svid.Bundle = ByteString.CopyFrom(foreign.ToBundle()); break;
            default: throw new ArgumentOutOfRangeException(nameof(how));
        }
    }

    internal static void Shape(SvidShape shape, string how)
    {
        switch (how)
        {
            case "foreign key": shape.HasForeignKey = true; break;
            case "two URIs": shape.Uris = ["spiffe://example.org/billing", "https://example.org"]; break;
            case "no URI": shape.Uris = []; break;
            case "no SPIFFE ID": shape.Uris = ["https://example.org/billing"]; break;
            case "no path": shape.Uris = ["spiffe://example.org"]; break;
            case "for servers": shape.IsForServers = true; break;
            case "authority": shape.IsAuthority = true; break;
            case "expired": shape.Shift = TimeSpan.FromMinutes(-30); break;
            case "not yet": shape.Shift = TimeSpan.FromMinutes(30); break;
            default: throw new ArgumentOutOfRangeException(nameof(how));
        }
    }
}
