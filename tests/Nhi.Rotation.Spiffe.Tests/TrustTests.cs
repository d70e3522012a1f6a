using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Spiffe.Identity;
using SpiffeSample.LocalAgent;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>Who is accepted, by real handshakes: by SPIFFE ID, by the bundles of the moment, and never by a host name.</summary>
public sealed class TrustTests
{
    private const string Server = "spiffe://example.org/orders";
    private const string Client = "spiffe://example.org/billing/api";

    private static readonly SpiffeMatch AllOfUs = SpiffeMatch.OfTrustDomain("example.org");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<SpiffeMatch, bool> Matches => new()
    {
        { SpiffeMatch.Exactly(Client), true },
        { SpiffeMatch.Exactly("spiffe://example.org/billing"), false },
        { SpiffeMatch.Exactly("spiffe://example.org/else", Client), true },
        { SpiffeMatch.OfTrustDomain("example.org"), true },
        { SpiffeMatch.OfTrustDomain("spiffe://example.org"), true },
        { SpiffeMatch.OfTrustDomain("example.orgs"), false },
        { SpiffeMatch.Under("spiffe://example.org/billing"), true },
        { SpiffeMatch.Under(Client), true },
        { SpiffeMatch.Under("spiffe://example.org/bill"), false },
        { SpiffeMatch.Under("spiffe://example.com/billing"), false },
        { SpiffeMatch.Where(static id => id.Path.EndsWith("/api", StringComparison.Ordinal), "an API"), true },
        { SpiffeMatch.Where(static _ => throw new InvalidOperationException(), "nothing"), false },
        { SpiffeMatch.AnyOf(SpiffeMatch.Exactly("spiffe://example.org/else"), SpiffeMatch.Under("spiffe://example.org/billing")), true },
    };

    public static TheoryData<string> Unfit => ["two URIs", "no URI", "no path", "authority", "expired", "not yet"];

    [Theory]
    [MemberData(nameof(Matches))]
    public async Task A_server_accepts_the_clients_that_are_meant(SpiffeMatch clients, bool isMeant)
    {
        await using var at = await TestAgent.StartAsync("example.org", new WorkloadEntry("/orders", "", TestAgent.Life));
        await using var agent = await TestAgent.StartAsync(at.State.Domain, "/billing/api");
        await using var server = await SpiffeServer.StartAsync(at, clients);
        await using var client = new TestWorkload(agent, server: SpiffeMatch.Exactly(Server));

        await AssertAnswerAsync(client, server, isMeant ? Client : null);
        Assert.Equal(isMeant ? 0 : 1, server.Log.Count(567));
    }

    [Theory]
    [MemberData(nameof(Matches))]
    public async Task A_client_accepts_the_server_that_is_meant(SpiffeMatch servers, bool isMeant)
    {
        await using var at = await TestAgent.StartAsync("example.org", new WorkloadEntry("/billing/api", "", TestAgent.Life));
        await using var server = await SpiffeServer.StartAsync(at, AllOfUs);
        await using var client = new TestWorkload(at, server: servers);

        await AssertAnswerAsync(client, server, isMeant ? Client : null);
        Assert.Equal(isMeant ? 0 : 1, client.Log.Count(567));
    }

    [Fact]
    public async Task A_match_that_means_nobody_cannot_be_made()
    {
        Assert.Throws<ArgumentException>(() => SpiffeMatch.Exactly());
        Assert.Throws<ArgumentException>(() => SpiffeMatch.AnyOf());
        Assert.Throws<FormatException>(() => SpiffeMatch.Under("spiffe://example.org"));
        Assert.Throws<FormatException>(() => SpiffeMatch.OfTrustDomain("spiffe://example.org/billing"));
        Assert.Throws<FormatException>(() => SpiffeMatch.Exactly("example.org"));
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        var error = Assert.Throws<FormatException>(() => new TestWorkload(agent, more: credentials => credentials.AddCredential("roots", c => c.FromSpiffeRoots("a/b"))));
        Assert.Contains("'roots'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_with_an_intermediate_authority_is_accepted()
    {
        await using var at = await TestAgent.StartAsync("example.org", new WorkloadEntry("/orders", "", TestAgent.Life));
        at.State.Renew(static shape => shape.HasIntermediate = true);
        await using var server = await SpiffeServer.StartAsync(at, AllOfUs);
        await using var client = new TestWorkload(at, server: SpiffeMatch.Exactly(Server));

        await AssertAnswerAsync(client, server, Server);
    }

    [Fact]
    public async Task A_client_with_an_intermediate_authority_is_accepted_when_it_resumes_its_session()
    {
        await using var at = await TestAgent.StartAsync("example.org", new WorkloadEntry("/orders", "", TestAgent.Life));
        at.State.Renew(static shape => shape.HasIntermediate = true);
        await using var server = await SpiffeServer.StartAsync(at, AllOfUs);
        await using var client = new TestWorkload(at, server: SpiffeMatch.Exactly(Server));
        using var http = client.Services.GetRequiredService<IHttpClientFactory>().CreateClient("peer");

        for (var call = 0; call < 5; call++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, server.Address) { Headers = { ConnectionClose = true } };
            using var response = await http.SendAsync(request, Ct);
            Assert.Equal(Server, await response.Content.ReadAsStringAsync(Ct));
        }
    }

    [Fact]
    public async Task The_way_that_led_to_a_root_is_remembered_and_the_root_is_asked_each_time()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        await workload.ListenAsync();
        var chain = DerCertificates.Read(agent.State.Domain.Issue("/a", TestAgent.Life, static shape => shape.HasIntermediate = true).Certificate.Span)!;
        using var sent = new X509Chain();
        sent.ChainPolicy.ExtraStore.AddRange(chain);
        var accepts = workload.Services.GetRequiredService<SpiffeTrust>().AcceptClients(AllOfUs);

        Assert.False(accepts(chain[0], null, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.True(accepts(chain[0], sent, SslPolicyErrors.RemoteCertificateChainErrors));
        Assert.True(accepts(chain[0], null, SslPolicyErrors.RemoteCertificateChainErrors));

        agent.State.Domain.PrepareRoot();
        agent.State.Domain.ActivateRoot();
        agent.State.Domain.DropOldRoot();
        agent.State.Renew();
        await Eventually.TrueAsync(() => workload.Log.Count(564) == 2);
        Assert.False(accepts(chain[0], null, SslPolicyErrors.RemoteCertificateChainErrors));
    }

    [Fact]
    public async Task Another_trust_domain_is_accepted_as_long_as_it_is_federated()
    {
        await using var ours = await TestAgent.StartAsync("example.org", new WorkloadEntry("/orders", "", TestAgent.Life));
        await using var theirs = await TestAgent.StartAsync("partner.example", new WorkloadEntry("/shop", "", TestAgent.Life));
        await using var server = await SpiffeServer.StartAsync(ours, SpiffeMatch.AnyOf(AllOfUs, SpiffeMatch.Exactly("spiffe://partner.example/shop")));
        await using var client = new TestWorkload(theirs, server: SpiffeMatch.Exactly(Server));

        await AssertAnswerAsync(client, server, null);

        theirs.State.Federate(ours.State.Domain);
        await AssertAnswerAsync(client, server, null);

        ours.State.Federate(theirs.State.Domain);
        await Eventually.TrueAsync(() => server.Trust.TrustDomains.Contains("partner.example"));
        await Eventually.TrueAsync(() => client.Services.GetRequiredService<SpiffeTrust>().TrustDomains.Contains("example.org"));
        await AssertAnswerAsync(client, server, "spiffe://partner.example/shop");

        ours.State.Part(theirs.State.Domain);
        await Eventually.TrueAsync(() => !server.Trust.TrustDomains.Contains("partner.example"));
        theirs.State.Renew();
        await using var later = new TestWorkload(theirs, server: SpiffeMatch.Exactly(Server));
        await AssertAnswerAsync(later, server, null);
        Assert.Equal(1, server.Log.Count(565));
    }

    [Fact]
    public async Task A_federated_domain_cannot_issue_identities_of_ours()
    {
        await using var ours = await TestAgent.StartAsync("example.org", new WorkloadEntry("/orders", "", TestAgent.Life));
        await using var theirs = await TestAgent.StartAsync("partner.example");
        ours.State.Federate(theirs.State.Domain);
        await using var workload = await new TestWorkload(ours).LoadAsync();
        var forged = Load(theirs.State.Domain.Issue("/shop", TestAgent.Life, static shape => shape.Uris = [Client]));
        var honest = Load(theirs.State.Domain.Issue("/shop", TestAgent.Life));

        Assert.False(Accept(workload, forged, SpiffeMatch.Exactly(Client)));
        Assert.True(Accept(workload, honest, SpiffeMatch.OfTrustDomain("partner.example")));
    }

    [Theory]
    [MemberData(nameof(Unfit))]
    public async Task What_is_no_SVID_is_refused_although_our_root_signed_it(string how)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();

        var certificate = Load(agent.State.Domain.Issue("/billing/api", TestAgent.Life, shape => FaultTests.Shape(shape, how)));

        Assert.False(Accept(workload, certificate, AllOfUs));
        Assert.Equal(1, workload.Log.Count(567));
    }

    [Theory]
    [InlineData("expired", "is not valid now")]
    [InlineData("for servers", "is not for TLS clients")]
    [InlineData("foreign", "leads to no certificate in the trust bundle of example.org")]
    public async Task A_refusal_names_its_reason(string how, string reason)
    {
        using var foreign = new TrustDomain("example.org");
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        var certificate = Load(how == "foreign" ? foreign.Issue("/a", TestAgent.Life) : agent.State.Domain.Issue("/a", TestAgent.Life, shape => FaultTests.Shape(shape, how)));

        Assert.False(Accept(workload, certificate, AllOfUs));
        Assert.Contains($"says to be spiffe://example.org/a, and its certificate {reason}", workload.Log.Text(567), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_without_a_certificate_is_refused_and_a_swarm_is_told_of_once()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        var accepts = workload.Services.GetRequiredService<SpiffeTrust>().AcceptServers(AllOfUs);

        Assert.All(Enumerable.Range(0, 100), _ => Assert.False(accepts(this, null, null, SslPolicyErrors.RemoteCertificateNotAvailable)));

        Assert.Equal(1, workload.Log.Count(567));
    }

    [Fact]
    public async Task A_bundle_that_is_damaged_changes_nothing_and_one_that_is_whole_again_does()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = await new TestWorkload(agent).LoadAsync();
        await workload.ListenAsync();
        var trust = workload.Services.GetRequiredService<SpiffeTrust>();
        var known = Load(agent.State.Domain.Issue("/a", TestAgent.Life));

        agent.State.Distort = static response => response.Svids[0].Bundle = ByteString.CopyFrom(0x30, 0x03, 1, 2, 3);
        agent.State.Push();
        await Eventually.TrueAsync(() => workload.Log.Count(563) == 1);
        Assert.True(Accept(workload, known, AllOfUs));

        agent.State.Domain.PrepareRoot();
        agent.State.Domain.ActivateRoot();
        var news = Load(agent.State.Domain.Issue("/b", TestAgent.Life));
        Assert.False(Accept(workload, news, AllOfUs));
        agent.State.Distort = null;
        agent.State.Push();
        await Eventually.TrueAsync(() => Accept(workload, news, AllOfUs));
        Assert.True(Accept(workload, known, AllOfUs));
        Assert.Equal(["example.org"], trust.TrustDomains);
    }

    [Fact]
    public async Task With_StopWhenDenied_nobody_is_trusted_once_the_identity_is_taken_back()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var keeps = await new TestWorkload(agent).LoadAsync();
        await using var stops = await new TestWorkload(agent, configure: static options => options.StopWhenDenied = true).LoadAsync();
        await keeps.ListenAsync();
        await stops.ListenAsync();
        var peer = Load(agent.State.Domain.Issue("/a", TestAgent.Life));
        Assert.True(Accept(stops, peer, AllOfUs));

        agent.State.Register();
        await Eventually.TrueAsync(() => !Accept(stops, peer, AllOfUs));

        Assert.True(Accept(keeps, peer, AllOfUs));
    }

    private static async Task AssertAnswerAsync(TestWorkload client, SpiffeServer server, string? caller)
    {
        using var http = client.Services.GetRequiredService<IHttpClientFactory>().CreateClient("peer");
        if (caller is null)
        {
            await Assert.ThrowsAnyAsync<HttpRequestException>(() => http.GetStringAsync(server.Address, Ct));
        }
        else
        {
            Assert.Equal(caller, await http.GetStringAsync(server.Address, Ct));
        }
    }

    private static X509Certificate2 Load(IssuedSvid svid) => DerCertificates.Read(svid.Certificate.Span)![0];

    private static bool Accept(TestWorkload workload, X509Certificate2 certificate, SpiffeMatch match) =>
        workload.Services.GetRequiredService<SpiffeTrust>().AcceptClients(match)(certificate, null, SslPolicyErrors.RemoteCertificateChainErrors);
}
