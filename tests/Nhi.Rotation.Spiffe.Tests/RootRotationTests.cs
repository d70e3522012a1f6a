using Microsoft.Extensions.DependencyInjection;
using SpiffeSample.LocalAgent;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>A root is replaced while both sides talk: nothing fails, and who still relies on the old one is known.</summary>
public sealed class RootRotationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Old_and_new_root_overlap_and_the_ledger_tells_who_still_relies_on_the_old_one()
    {
        await using var at = await TestAgent.StartAsync("example.org", new WorkloadEntry("/orders", "", TestAgent.Life));
        await using var quick = await TestAgent.StartAsync(at.State.Domain, "/quick");
        await using var late = await TestAgent.StartAsync(at.State.Domain, "/late");
        await using var server = await SpiffeServer.StartAsync(at, SpiffeMatch.OfTrustDomain("example.org"));
        await using var first = new TestWorkload(quick, server: SpiffeMatch.Exactly("spiffe://example.org/orders"));
        await using var second = new TestWorkload(late, server: SpiffeMatch.Exactly("spiffe://example.org/orders"));
        await CallAsync(first, server);
        await CallAsync(second, server);
        var old = server.Roots.Credentials.Current!.VersionId;

        // Prepared: everybody learns of the new root before anything is signed with it.
        at.State.Domain.PrepareRoot();
        foreach (var agent in new[] { at, quick, late })
        {
            agent.State.Push();
        }

        await Eventually.TrueAsync(() => server.Roots.Credentials.Current?.VersionId != old);
        await Eventually.TrueAsync(() => first.Log.Count(564) == 2 && second.Log.Count(564) == 2);
        await CallAsync(first, server);
        await Eventually.TrueAsync(() => Verdict(server, old).Kind == VerdictKind.StillUsed);

        // Activated: new SVIDs of the server and of one client.
        at.State.Domain.ActivateRoot();
        await RenewAsync(at, () => server.Serial);
        await RenewAsync(quick, () => first.Serial);
        await CallAsync(first, server);
        await CallAsync(second, server);

        var newest = server.Roots.Credentials.Current!.VersionId;
        Assert.Equal(["spiffe://example.org/quick"], Callers(server, newest));
        Assert.Equal(["spiffe://example.org/late", "spiffe://example.org/quick"], Callers(server, old));
        await Eventually.TrueAsync(() => Verdict(server, old).Users.Any(user => user.Caller == "spiffe://example.org/late"), () => string.Join(" ", Verdict(server, old).Reasons));
        Assert.Equal(VerdictKind.StillUsed, Verdict(server, old).Kind);

        // Gone: who did not follow is refused, and the others do not notice.
        at.State.Domain.DropOldRoot();
        at.State.Push();
        await Eventually.TrueAsync(() => server.Log.Count(564) == 3);
        await CallAsync(first, server);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => CallAsync(second, server));
        await Eventually.TrueAsync(() => server.Roots.Credentials.Presentable is [var only] && only.VersionId == newest);
    }

    [Fact]
    public async Task A_root_that_was_taken_out_too_early_is_violated_by_who_is_refused_now()
    {
        await using var at = await TestAgent.StartAsync("example.org", new WorkloadEntry("/orders", "", TestAgent.Life));
        await using var late = await TestAgent.StartAsync(at.State.Domain, "/late");
        await using var server = await SpiffeServer.StartAsync(at, SpiffeMatch.OfTrustDomain("example.org"), quiet: TimeSpan.Zero);
        await using var client = new TestWorkload(late, server: SpiffeMatch.Where(static _ => true, "anybody"));
        await CallAsync(client, server);
        var old = server.Roots.Credentials.Current!.VersionId;

        at.State.Domain.PrepareRoot();
        at.State.Domain.ActivateRoot();
        at.State.Domain.DropOldRoot();
        at.State.Push();
        await Eventually.TrueAsync(() => server.Log.Count(564) == 2 && server.Roots.Credentials.Presentable is [var only] && only.VersionId != old);
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => CallAsync(client, server));

        await Eventually.TrueAsync(() => Verdict(server, old).Kind == VerdictKind.Violated, () => string.Join(" ", Verdict(server, old).Reasons));
        Assert.Contains(Verdict(server, old).Users, static user => user.Caller == "spiffe://example.org/late");
        Assert.Contains("was taken out of the trust bundle", server.Log.Text(567), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Once_everybody_was_seen_on_the_new_root_the_old_one_may_go()
    {
        await using var at = await TestAgent.StartAsync("example.org", new WorkloadEntry("/orders", "", TestAgent.Life));
        await using var quick = await TestAgent.StartAsync(at.State.Domain, "/quick");
        await using var server = await SpiffeServer.StartAsync(at, SpiffeMatch.OfTrustDomain("example.org"), quiet: TimeSpan.Zero);
        await using var client = new TestWorkload(quick, server: SpiffeMatch.Exactly("spiffe://example.org/orders"));
        await CallAsync(client, server);
        var old = server.Roots.Credentials.Current!.VersionId;
        at.State.Domain.PrepareRoot();
        at.State.Domain.ActivateRoot();
        at.State.Push();
        quick.State.Push();
        await Eventually.TrueAsync(() => server.Roots.Credentials.Current?.VersionId != old);
        await RenewAsync(quick, () => client.Serial);

        await CallAsync(client, server);

        await Eventually.TrueAsync(() => Verdict(server, old).Kind == VerdictKind.SafeToRevoke, () => string.Join(" ", Verdict(server, old).Reasons));
    }

    [Fact]
    public async Task The_roots_of_a_domain_that_is_not_sent_are_an_error_that_says_so()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = new TestWorkload(agent, more: credentials => credentials.AddCredential("theirs", c => c.FromSpiffeRoots("partner.example")));
        var roots = workload.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("theirs");

        var error = await Assert.ThrowsAsync<BackendException>(async () => await roots.RefreshAsync(RefreshReason.Requested, Ct));

        Assert.Equal(BackendFailure.NotFound, error.Failure);
        Assert.Contains("sends no trust bundle of partner.example", error.Message, StringComparison.Ordinal);
        using var partner = new TrustDomain("partner.example");
        partner.PrepareRoot();
        agent.State.Federate(partner);
        await Eventually.TrueAsync(() => roots.Credentials.Presentable.Count == 2);
    }

    private static RotationVerdict Verdict(SpiffeServer server, string version) =>
        server.Ledger.GetRotations("roots").Last(rotation => rotation.From == version).Verdict;

    private static string[] Callers(SpiffeServer server, string version) =>
        [.. server.Ledger.GetUses("roots").Where(use => use.VersionId == version && use.Caller is not null && use.Uses > 0).Select(use => use.Caller!).Distinct().Order(StringComparer.Ordinal)];

    private static async Task RenewAsync(TestAgent agent, Func<string?> serial)
    {
        var before = serial();
        agent.State.Renew();
        await Eventually.TrueAsync(() => serial() != before);
    }

    // A connection of its own for each call, so that each is a handshake.
    private static async Task CallAsync(TestWorkload client, SpiffeServer server)
    {
        using var http = client.Services.GetRequiredService<IHttpClientFactory>().CreateClient("peer");
        using var request = new HttpRequestMessage(HttpMethod.Get, server.Address) { Headers = { ConnectionClose = true } };
        using var response = await http.SendAsync(request, Ct);
        Assert.Equal(client.Id?.ToString(), await response.Content.ReadAsStringAsync(Ct));
    }
}
