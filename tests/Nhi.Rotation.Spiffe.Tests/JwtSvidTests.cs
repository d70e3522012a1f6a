using System.Text.Json.Nodes;
using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Microsoft.IdentityModel.JsonWebTokens;
using SpiffeSample.LocalAgent.Protocol;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>JWT-SVIDs as credentials: one for each audience, kept, and replaced when half of its life is over.</summary>
public sealed class JwtSvidTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string, string> Malformed => new()
    {
        { "garbage", "is no signed token" },
        { "no end", "has no date of expiry" },
        { "expired", "expired at" },
        { "audience", "is for another audience than was asked for" },
        { "subject", "is of somebody else than the message says" },
        { "no SVID", "sent a message without an SVID" },
    };

    [Fact]
    public async Task A_token_is_for_its_audience_and_is_stamped_as_bearer()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        var seen = new List<string>();
        await using var workload = new TestWorkload(agent, more: credentials =>
        {
            credentials.AddCredential("orders-token", c => c.FromSpiffeJwt("orders")).AddCredential("shop-token", c => c.FromSpiffeJwt("spiffe://example.org/shop"));
            credentials.Services.AddHttpClient("orders", http => http.BaseAddress = new Uri("https://orders.internal")).AddRotatingCredential("orders-token", http => http.Bearer())
                .ConfigurePrimaryHttpMessageHandler(() => new Recorder(seen));
        });

        using var client = workload.Services.GetRequiredService<IHttpClientFactory>().CreateClient("orders");
        using var answer = await client.GetAsync(new Uri("/", UriKind.Relative), Ct);
        var shop = await Provider(workload, "shop-token").GetCurrentAsync(Ct);

        var token = new JsonWebToken(seen.Single()["Bearer ".Length..]);
        Assert.Equal(("spiffe://example.org/billing", "orders"), (token.Subject, token.Audiences.Single()));
        Assert.Equal("spiffe://example.org/shop", new JsonWebToken(shop.Reveal()).Audiences.Single());
        Assert.Equal(2, agent.State.Calls("FetchJWTSVID"));
    }

    [Fact]
    public async Task It_is_kept_until_half_of_its_life_is_over_and_the_old_one_is_valid_to_its_end()
    {
        var time = new FakeTimeProvider(TimeProvider.System.GetUtcNow());
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        (agent.State.Time, agent.State.TokenLife) = (time, TimeSpan.FromMinutes(60));
        await using var workload = new TestWorkload(agent, time: time, more: static credentials => credentials.AddCredential("token", c => c.FromSpiffeJwt("orders")));
        var provider = Provider(workload, "token");
        var first = await provider.GetCurrentAsync(Ct);

        // By chance up to a tenth of the time before it.
        time.Advance(TimeSpan.FromMinutes(26));
        Assert.Same(first, provider.Current);
        Assert.Equal(1, agent.State.Calls("FetchJWTSVID"));
        time.Advance(TimeSpan.FromMinutes(4));
        await Eventually.TrueAsync(() => provider.Current.VersionId != first.VersionId);

        Assert.Equal(2, agent.State.Calls("FetchJWTSVID"));
        Assert.Equal(CredentialStage.Previous, first.Stage);
        time.Advance(TimeSpan.FromMinutes(31));
        await Eventually.TrueAsync(() => first.Stage == CredentialStage.Retired);
    }

    [Fact]
    public async Task A_hint_chooses_among_several()
    {
        await using var agent = await TestAgent.StartAsync("example.org", [new("/default", "", TestAgent.Life), new("/in", "internal", TestAgent.Life)]);
        await using var workload = new TestWorkload(agent, more: static credentials => credentials
            .AddCredential("token", c => c.FromSpiffeJwt("orders")).AddCredential("inside", c => c.FromSpiffeJwt("orders", "internal")).AddCredential("lost", c => c.FromSpiffeJwt("orders", "none")));

        Assert.Equal("spiffe://example.org/default", new JsonWebToken((await Provider(workload, "token").GetCurrentAsync(Ct)).Reveal()).Subject);
        Assert.Equal("spiffe://example.org/in", new JsonWebToken((await Provider(workload, "inside").GetCurrentAsync(Ct)).Reveal()).Subject);
        Assert.Equal(BackendFailure.NotFound, (await RefuseAsync(workload, "lost")).Failure);
    }

    [Theory]
    [MemberData(nameof(Malformed))]
    public async Task A_token_that_is_not_what_was_asked_for_changes_nothing(string how, string text)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = new TestWorkload(agent, more: static credentials => credentials.AddCredential("token", c => c.FromSpiffeJwt("orders")));
        var before = await Provider(workload, "token").GetCurrentAsync(Ct);

        agent.State.DistortToken = (header, claims) => Distort(claims, how);
        agent.State.DistortTokens = response => Distort(response, how);
        var error = await RefuseAsync(workload, "token");

        Assert.Equal(BackendFailure.InvalidContent, error.Failure);
        Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.Same(before, Provider(workload, "token").Current);
    }

    [Theory]
    [InlineData(StatusCode.PermissionDenied, BackendFailure.AccessDenied, true)]
    [InlineData(StatusCode.Unavailable, BackendFailure.Unavailable, true)]
    [InlineData(StatusCode.Unimplemented, BackendFailure.Misconfigured, false)]
    [InlineData(StatusCode.InvalidArgument, BackendFailure.Misconfigured, false)]
    public async Task A_refusal_is_told_and_asked_again_where_the_standard_allows(StatusCode status, BackendFailure failure, bool isAskedAgain)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = new TestWorkload(agent, more: static credentials => credentials.AddCredential("token", c => c.FromSpiffeJwt("orders")));
        agent.State.RefusesTokens = status;
        Assert.Equal(failure, (await RefuseAsync(workload, "token")).Failure);
        var calls = agent.State.Calls("FetchJWTSVID");

        agent.State.RefusesTokens = null;
        if (isAskedAgain)
        {
            await Provider(workload, "token").RefreshAsync(RefreshReason.Requested, Ct);
        }
        else
        {
            await RefuseAsync(workload, "token");
        }

        Assert.Equal(isAskedAgain, agent.State.Calls("FetchJWTSVID") > calls);
    }

    private static IRotatingCredentialProvider Provider(TestWorkload workload, string name) => workload.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name);

    private static async Task<BackendException> RefuseAsync(TestWorkload workload, string name) =>
        await Assert.ThrowsAsync<BackendException>(async () => await Provider(workload, name).RefreshAsync(RefreshReason.Requested, Ct));

    private static void Distort(JsonObject claims, string how)
    {
        switch (how)
        {
            case "no end": claims.Remove("exp"); break;
            case "expired": claims["exp"] = (long)claims["exp"]! - 7200; break;
            case "audience": claims["aud"] = "shop"; break;
            case "subject": claims["sub"] = "spiffe://example.org/other"; break;
            default: break;
        }
    }

    private static void Distort(JWTSVIDResponse response, string how)
    {
        switch (how)
        {
            case "garbage": response.Svids[0].Svid = "not.a.token"; break;
            case "no SVID": response.Svids.Clear(); break;
            default: break;
        }
    }

    private sealed class Recorder(List<string> seen) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            seen.Add(request.Headers.Authorization!.ToString());
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.OK));
        }
    }
}
