using System.Net;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SpiffeSample.LocalAgent;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>Whom a token is believed: the rules of the JWT-SVID standard, and the bundles of the moment.</summary>
public sealed class TokenValidationTests
{
    private const string Caller = "spiffe://example.org/billing";

    private static readonly SpiffeMatch AllOfUs = SpiffeMatch.OfTrustDomain("example.org");

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static TheoryData<string> Wrong =>
    [
        "other audience", "no audience", "no end", "expired", "not yet", "no subject", "subject is no SPIFFE ID", "subject has no path", "subject of another domain", "algorithm none", "shared secret",
        "unknown key", "other type", "changed payload", "audience with a slash", "critical extension",
    ];

    [Fact]
    public async Task A_token_that_keeps_the_rules_is_believed()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = new TestWorkload(agent);

        Assert.Equal(Caller, (await ValidateAsync(workload, Issue(agent)))?.ToString());
        Assert.Equal(Caller, (await ValidateAsync(workload, Issue(agent, static (header, _) => header.Remove("kid"))))?.ToString());
        Assert.Equal(Caller, (await ValidateAsync(workload, Issue(agent, static (header, _) => header.Remove("typ"))))?.ToString());
        Assert.Equal(Caller, (await ValidateAsync(workload, Issue(agent, static (header, _) => header["typ"] = "JOSE")))?.ToString());
        Assert.Equal(Caller, (await ValidateAsync(workload, Issue(agent, static (_, claims) => claims["aud"] = new JsonArray("shop", "orders"))))?.ToString());
        Assert.Null(await ValidateAsync(workload, Issue(agent), SpiffeMatch.Exactly("spiffe://example.org/else")));
        Assert.Null(await ValidateAsync(workload, Issue(agent), SpiffeMatch.Where(static _ => throw new InvalidOperationException(), "nobody")));
        Assert.Null(await ValidateAsync(workload, "garbage"));
        Assert.Null(await ValidateAsync(workload, null));
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task A_token_that_breaks_a_rule_is_not(string how)
    {
        using var foreign = new TokenAuthority("example.org");
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = new TestWorkload(agent);
        var token = how == "unknown key" ? foreign.Issue("/billing", "orders", TimeProvider.System.GetUtcNow(), TestAgent.Life) : Issue(agent, (header, claims) => Break(header, claims, how));
        if (how == "changed payload")
        {
            var parts = token.Split('.');
            var other = Issue(agent, static (_, claims) => claims["sub"] = "spiffe://example.org/admin").Split('.');
            token = $"{parts[0]}.{other[1]}.{parts[2]}";
        }

        Assert.Null(await ValidateAsync(workload, token, SpiffeMatch.Where(static _ => true, "anybody")));
    }

    [Theory]
    [InlineData("jwt-svid", true)]
    [InlineData(null, true)]
    [InlineData("wit-svid", false)]
    [InlineData("x509-svid", false)]
    [InlineData("sig", false)]
    [InlineData("enc", false)]
    public async Task Only_keys_of_tokens_verify_tokens_and_SPIRE_leaves_that_out(string? use, bool isBelieved)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        agent.State.Domain.Tokens.KeyUse = use;
        await using var workload = new TestWorkload(agent);

        Assert.Equal(isBelieved, await ValidateAsync(workload, Issue(agent)) is not null);
    }

    [Fact]
    public async Task A_key_that_is_replaced_overlaps_with_the_new_one_and_then_is_refused()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var workload = new TestWorkload(agent);
        var old = Issue(agent);
        Assert.NotNull(await ValidateAsync(workload, old));

        agent.State.Domain.Tokens.PrepareKey();
        agent.State.Domain.Tokens.ActivateKey();
        agent.State.Push();
        var fresh = Issue(agent);
        await Eventually.TrueAsync(async () => await ValidateAsync(workload, fresh) is not null);
        Assert.NotNull(await ValidateAsync(workload, old));

        agent.State.Domain.Tokens.DropOldKey();
        agent.State.Push();
        await Eventually.TrueAsync(async () => await ValidateAsync(workload, old) is null);
        Assert.NotNull(await ValidateAsync(workload, fresh));
    }

    [Fact]
    public async Task A_federated_domain_is_believed_of_its_own_identities_and_of_no_others()
    {
        await using var ours = await TestAgent.StartAsync(TestAgent.Life);
        await using var theirs = await TestAgent.StartAsync("partner.example");
        await using var workload = new TestWorkload(ours);
        var anybody = SpiffeMatch.Where(static _ => true, "anybody");
        var honest = Issue(theirs, path: "/shop");
        var forged = Issue(theirs, static (_, claims) => claims["sub"] = Caller);
        Assert.Null(await ValidateAsync(workload, honest, anybody));

        ours.State.Federate(theirs.State.Domain);

        await Eventually.TrueAsync(async () => (await ValidateAsync(workload, honest, anybody))?.ToString() == "spiffe://partner.example/shop");
        Assert.Null(await ValidateAsync(workload, forged, anybody));
        ours.State.Part(theirs.State.Domain);
        await Eventually.TrueAsync(async () => await ValidateAsync(workload, honest, anybody) is null);
    }

    [Fact]
    public async Task JwtBearer_takes_the_parameters()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSpiffe(spiffe => spiffe.EndpointSocket = agent.Endpoint);
        builder.Services.AddAuthorization();
        builder.Services.AddAuthentication("Bearer").AddJwtBearer();
        builder.Services.AddOptions<Microsoft.AspNetCore.Authentication.JwtBearer.JwtBearerOptions>("Bearer")
            .Configure<SpiffeTokens>((bearer, tokens) =>
            {
                bearer.MapInboundClaims = false;
                bearer.TokenValidationParameters = tokens.ParametersFor("orders", SpiffeMatch.Exactly(Caller));
            });
        await using var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", static (HttpContext context) => context.User.Identity!.Name).RequireAuthorization();
        await app.StartAsync(Ct);
        await app.Services.GetRequiredService<SpiffeTokens>().ValidateAsync(Issue(agent), "orders", AllOfUs, Ct);
        using var client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };

        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Issue(agent));
        Assert.Equal(Caller, await client.GetStringAsync(new Uri("/", UriKind.Relative), Ct));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Issue(agent, path: "/else"));
        using var refused = await client.GetAsync(new Uri("/", UriKind.Relative), Ct);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
    }

    private static Task<SpiffeId?> ValidateAsync(TestWorkload workload, string? token, SpiffeMatch? callers = null) =>
        workload.Services.GetRequiredService<SpiffeTokens>().ValidateAsync(token, "orders", callers ?? AllOfUs, Ct);

    private static string Issue(TestAgent agent, Action<JsonObject, JsonObject>? shape = null, string path = "/billing") =>
        agent.State.Domain.Tokens.Issue(path, "orders", TimeProvider.System.GetUtcNow(), TestAgent.Life, shape);

    private static void Break(JsonObject header, JsonObject claims, string how)
    {
        switch (how)
        {
            case "other audience": claims["aud"] = "shop"; break;
            case "audience with a slash": claims["aud"] = "orders/"; break;
            case "critical extension": (header["crit"], header["x"]) = (new JsonArray("x"), 1); break;
            case "no audience": claims.Remove("aud"); break;
            case "no end": claims.Remove("exp"); break;
            case "expired": claims["exp"] = TimeProvider.System.GetUtcNow().AddMinutes(-2).ToUnixTimeSeconds(); break;
            case "not yet": claims["nbf"] = TimeProvider.System.GetUtcNow().AddMinutes(5).ToUnixTimeSeconds(); break;
            case "no subject": claims.Remove("sub"); break;
            case "subject is no SPIFFE ID": claims["sub"] = "billing"; break;
            case "subject has no path": claims["sub"] = "spiffe://example.org"; break;
            case "subject of another domain": claims["sub"] = "spiffe://partner.example/shop"; break;
            case "algorithm none": header["alg"] = "none"; break;
            case "shared secret": header["alg"] = "HS256"; break;
            case "other type": header["typ"] = "wit+jwt"; break;
            case "changed payload": break;
            default: throw new ArgumentOutOfRangeException(nameof(how));
        }
    }
}
