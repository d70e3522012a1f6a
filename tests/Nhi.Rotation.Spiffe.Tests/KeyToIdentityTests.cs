using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.Testing;
using SpiffeSample.LocalAgent;

namespace Nhi.Rotation.Spiffe.Tests;

/// <summary>The second step of docs/from-keys-to-identity.md: a key, an identity, or both.</summary>
public sealed class KeyToIdentityTests
{
    private const string Key = "key-of-billing-0123456789";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_caller_is_let_in_by_key_by_identity_or_by_both_and_the_ledger_tells_which()
    {
        await using var agent = await TestAgent.StartAsync("example.org", new WorkloadEntry("/billing", "", TestAgent.Life));
        await using var app = App(agent);
        await app.StartAsync(Ct);
        await using var identity = new TestWorkload(agent, server: SpiffeMatch.OfTrustDomain("example.org"));
        var address = new Uri(app.Urls.First());

        Assert.Equal(HttpStatusCode.OK, await GetAsync(identity, address, key: null));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(identity, address, Key));
        Assert.Equal(HttpStatusCode.OK, await GetAsync(null, address, Key));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(null, address, key: null));
        Assert.Equal(HttpStatusCode.Unauthorized, await GetAsync(null, address, "key-of-nobody-0123456789x"));

        var ledger = app.Services.GetRequiredService<IRotationLedger>();
        Assert.Equal(2, ledger.GetUses("billing").Sum(use => use.Uses));
        Assert.Contains(ledger.GetUses("roots"), use => use is { Caller: "spiffe://example.org/billing", Uses: > 0 });
    }

    private static WebApplication App(TestAgent agent)
    {
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("billing", Key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSpiffe(spiffe => spiffe.EndpointSocket = agent.Endpoint);
        builder.Services.AddRotatingTls();
        builder.Services.AddRotatingCredentials()
            .AddCredential("svid", c => c.FromSpiffe())
            .AddCredential("roots", c => c.FromSpiffeRoots("example.org"))
            .AddCredential("billing", c => c.UseBackend("billing", _ => backend));
        builder.Services.AddAuthentication().AddRotatingApiKey("own", keys => keys.AddClient("billing"));
        builder.Services.AddAuthorizationBuilder().AddPolicy("callers", policy => policy.AddAuthenticationSchemes("own").RequireAssertion(static context =>
            context.User.Identity?.IsAuthenticated == true
            || (context.Resource is HttpContext http && SpiffeId.Of(http.Connection.ClientCertificate) is not null)));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            https.ClientCertificateValidation = kestrel.ApplicationServices.GetRequiredService<SpiffeTrust>().AcceptClients(SpiffeMatch.Exactly("spiffe://example.org/billing"));
            https.UseRotatingCertificate(kestrel.ApplicationServices, "svid");
        })));
        var app = builder.Build();
        app.UseAuthentication();
        app.UseAuthorization();
        app.MapGet("/", static () => "let in").RequireAuthorization("callers");
        return app;
    }

    private static async Task<HttpStatusCode> GetAsync(TestWorkload? workload, Uri address, string? key)
    {
        using var plain = new SocketsHttpHandler();
        plain.SslOptions.RemoteCertificateValidationCallback = static (_, certificate, _, _) => SpiffeId.Of(certificate as System.Security.Cryptography.X509Certificates.X509Certificate2) is not null;
        using var client = workload?.Services.GetRequiredService<IHttpClientFactory>().CreateClient("peer") ?? new HttpClient(plain);
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (key is not null)
        {
            request.Headers.Add("X-Api-Key", key);
        }

        using var response = await client.SendAsync(request, Ct);
        return response.StatusCode;
    }
}
