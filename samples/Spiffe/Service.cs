using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation;
using Nhi.Rotation.AspNetCore;
using Nhi.Rotation.Spiffe;
using SpiffeSample.LocalAgent;

namespace SpiffeSample;

/// <summary>A service with an agent beside it: it shows its SVID, asks clients for theirs, and calls others.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly LocalAgentServer _agent;

    private Service(string id, WebApplication app, LocalAgentServer agent) => (Id, _app, _agent) = (id, app, agent);

    public string Id { get; }

    public LocalAgentState Agent => _agent.State;

    public Uri Address => new(_app.Urls.First());

    public SpiffeTrust Trust => _app.Services.GetRequiredService<SpiffeTrust>();

    public IRotatingCredentialProvider Roots => _app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("roots");

    public IRotationLedger Ledger => _app.Services.GetRequiredService<IRotationLedger>();

    /// <summary>How many SVIDs it has presented so far.</summary>
    public int Svids => Ledger.GetRotations("svid").Count + 1;

    public static async Task<Service> StartAsync(TrustDomain domain, string path, TimeSpan life, TimeSpan quiet)
    {
        // In a cluster the agent is there already, and knows by the kernel who connects.
        var state = new LocalAgentState(domain);
        state.Register(new WorkloadEntry(path, "", life));
        var agent = await LocalAgentServer.StartAsync(state);

        // From here on it is what an app does. A real one leaves EndpointSocket to SPIFFE_ENDPOINT_SOCKET.
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.Services.AddSpiffe(spiffe => spiffe.EndpointSocket = agent.Endpoint);
        builder.Services.AddRotatingTls();
        builder.Services.AddRotatingCredentials()
            .Configure(static options => options.OnlyProcess = true)
            .AddCredential("svid", c => c.FromSpiffe().OwnedBy("platform").For("mTLS"))
            .AddCredential("roots", c => c.FromSpiffeRoots(domain.Name).Configure(options => options.QuietPeriod = quiet));
        builder.Services.AddHttpClient("peer").AddSpiffeIdentity("svid", servers: SpiffeMatch.OfTrustDomain("example.org"));
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(https =>
        {
            https.ClientCertificateMode = ClientCertificateMode.RequireCertificate;
            https.ClientCertificateValidation = kestrel.ApplicationServices.GetRequiredService<SpiffeTrust>()
                .AcceptClients(SpiffeMatch.AnyOf(SpiffeMatch.OfTrustDomain("example.org"), SpiffeMatch.Exactly("spiffe://partner.example/shop")));
            https.UseRotatingCertificate(kestrel.ApplicationServices, "svid");
        })));
        var app = builder.Build();
        app.MapGet("/", static (HttpContext context) => SpiffeId.Of(context.Connection.ClientCertificate)!.ToString());
        await app.StartAsync();
        return new Service(domain.Id + path, app, agent);
    }

    /// <summary>Calls another one, which answers with who it says that called.</summary>
    public async Task<string> CallAsync(Service other, CancellationToken ct)
    {
        using var client = _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("peer");
        return await client.GetStringAsync(other.Address, ct);
    }

    /// <summary>What the ledger says of a root that was replaced: may it go?</summary>
    public RotationVerdict? VerdictOf(string root) => Ledger.GetRotations("roots").LastOrDefault(rotation => rotation.From == root)?.Verdict;

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _agent.DisposeAsync();
    }
}
