using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Microsoft.IdentityModel.JsonWebTokens;
using SpiffeSample.LocalAgent;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>Credentials of the Workload API that configuration names.</summary>
public sealed class ConfigurationTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_kinds_can_be_declared_in_configuration()
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var app = Start(agent, """
            { "svid": { "Spiffe": { "Svid": "X509" } },
              "token": { "Spiffe": { "Svid": "jwt", "Audience": "orders" } },
              "wit": { "Spiffe": { "Svid": "Wit" } },
              "roots": { "SpiffeRoots": { "TrustDomain": "example.org" } } }
            """);

        Assert.Equal("spiffe://example.org/billing", SpiffeId.Of(TlsCertificate.Parse(await CurrentAsync(app, "svid")).Leaf)!.ToString());
        Assert.Equal("orders", new JsonWebToken((await CurrentAsync(app, "token")).Reveal()).Audiences.Single());
        Assert.Equal("spiffe://example.org/billing", WitSvid.Parse(await CurrentAsync(app, "wit")).Id.ToString());
        Assert.False((await CurrentAsync(app, "roots")).RevealBytes().IsEmpty);
    }

    [Fact]
    public async Task A_hint_says_which_identity()
    {
        await using var agent = await TestAgent.StartAsync("example.org", new WorkloadEntry("/inside", "internal", TestAgent.Life), new WorkloadEntry("/outside", "external", TestAgent.Life));
        await using var app = Start(agent, """{ "svid": { "Spiffe": { "Svid": "X509", "Hint": "external" } } }""");

        Assert.Equal("spiffe://example.org/outside", SpiffeId.Of(TlsCertificate.Parse(await CurrentAsync(app, "svid")).Leaf)!.ToString());
    }

    [Theory]
    [InlineData("""{ "c": { "Spiffe": { "Svid": "X509" } } }""", "ClockSkew", "00:00:00")]
    [InlineData("""{ "c": { "ClockSkew": "1m", "Spiffe": { "Svid": "X509" } } }""", "ClockSkew", "00:01:00")]
    [InlineData("""{ "c": { "Spiffe": { "Svid": "Jwt", "Audience": "orders" } } }""", "RefreshAtLifeFraction", "0.5")]
    [InlineData("""{ "c": { "RefreshAtLifeFraction": "0.25", "Spiffe": { "Svid": "Jwt", "Audience": "orders" } } }""", "RefreshAtLifeFraction", "0.25")]
    public async Task What_the_section_says_wins_over_what_an_SVID_has_by_default(string json, string option, string expected)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var app = Start(agent, json);

        var options = app.GetRequiredService<IOptionsMonitor<CredentialOptions>>().Get("c");

        Assert.Equal(expected, FormattableString.Invariant($"{typeof(CredentialOptions).GetProperty(option)!.GetValue(options)}"));
    }

    [Theory]
    [InlineData("""{ "c": { "Spiffe": { "Svid": "X509", "Hnit": "internal" } } }""", "Credentials:c:Spiffe:Hnit is not an option. Did you mean 'Hint'? Use one of Svid, Audience, Hint.")]
    [InlineData("""{ "c": { "Spiffe": { "Hint": "internal" } } }""", "Credentials:c:Spiffe:Svid is missing. Set it to X509, Jwt or Wit.")]
    [InlineData("""{ "c": { "Spiffe": { "Svid": "X.509" } } }""", "Credentials:c:Spiffe:Svid is no kind of SVID. Set it to X509, Jwt or Wit.")]
    [InlineData("""{ "c": { "Spiffe": { "Svid": "Jwt" } } }""", "Credentials:c:Spiffe:Audience is missing. Name the one service that is to accept the token.")]
    [InlineData("""{ "c": { "Spiffe": { "Svid": "Wit", "Audience": "orders" } } }""", "Credentials:c:Spiffe:Audience is for tokens alone. Leave it out, or set Svid to Jwt.")]
    [InlineData("""{ "c": { "Spiffe": "X509" } }""", "Credentials:c:Spiffe is one value, and takes keys. Write a section with some of Svid, Audience, Hint.")]
    [InlineData("""{ "c": { "SpiffeRoots": { "TrustDomain": "not a domain" } } }""", "Credentials:c:SpiffeRoots:TrustDomain is no trust domain. Write it as example.org.")]
    [InlineData("""{ "c": { "SpiffeRoots": { "Domain": "example.org" } } }""", "Credentials:c:SpiffeRoots:Domain is not an option. Did you mean 'TrustDomain'? Use one of TrustDomain.")]
    [InlineData("""{ "c": { "Spifee": { "Svid": "X509" } } }""", "Credentials:c:Spifee is not an option. Did you mean 'Spiffe'?")]
    public async Task A_mistake_stops_the_start_with_its_key_and_the_fix(string json, string mistake)
    {
        await using var agent = await TestAgent.StartAsync(TestAgent.Life);
        await using var app = Start(agent, json);

        var error = Assert.ThrowsAny<Exception>(() => app.GetRequiredKeyedService<IRotatingCredentialProvider>("c"));

        Assert.Contains(mistake, error.Message, StringComparison.Ordinal);
        Assert.Contains("Credential 'c'", error.Message, StringComparison.Ordinal);
    }

    private static ServiceProvider Start(TestAgent agent, string credentials)
    {
        var configuration = new ConfigurationBuilder().AddJsonStream(new MemoryStream(Encoding.UTF8.GetBytes($$"""{ "Credentials": {{credentials}} }"""))).Build();
        var services = new ServiceCollection();
        services.AddSpiffe(options => options.EndpointSocket = agent.Endpoint);
        services.AddRotatingCredentials(configuration.GetSection("Credentials")).AddSpiffe();
        return services.BuildServiceProvider();
    }

    private static async Task<Credential> CurrentAsync(ServiceProvider app, string name) => await app.GetRequiredKeyedService<IRotatingCredentialProvider>(name).GetCurrentAsync(Ct);
}
