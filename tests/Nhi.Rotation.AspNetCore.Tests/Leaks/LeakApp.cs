using System.Diagnostics;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Leaks;

/// <summary>An app with two versions of <c>stripe</c> and one of <c>mail</c>, which takes leak reports of GitHub and of a scanner with a key.</summary>
internal sealed class LeakApp : IAsyncDisposable
{
    public const string Old = "CANARY-stripe-one";
    public const string Present = "CANARY-stripe-two";
    public const string Mail = "CANARY-mail";
    public const string Key = "CANARY-key-of-the-scanner";

    private readonly WebApplication _app;
    private readonly ECDsa _gitHub;
    private readonly HttpClient _client;

    private LeakApp(WebApplication app, ECDsa gitHub)
    {
        _app = app;
        _gitHub = gitHub;
        _client = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public FakeLogCollector Log => _app.Services.GetFakeLogCollector();

    public IRotatingCredentialProvider Stripe => _app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("stripe");

    public IRotationLedger Ledger => _app.Services.GetRequiredService<IRotationLedger>();

    public static async Task<LeakApp> StartAsync(Action<LeakReportOptions>? configure = null, string old = Old)
    {
        var gitHub = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("stripe", old);
        backend.Add("mail", Mail);
        backend.Add("scanner", Key);
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders().SetMinimumLevel(LogLevel.Trace).AddFakeLogging();
        foreach (var name in (string[])["stripe", "mail", "scanner"])
        {
            builder.Services.AddRotatingCredentials().AddCredential(name, credential => credential.UseBackend(name, _ => backend));
        }

        var app = builder.Build();
        app.MapLeakReports("/leaks", options =>
        {
            options.KeyCredential = "scanner";
            options.AnswerTime = TimeSpan.FromMilliseconds(100);
            options.AddGitHubKey("key-1", gitHub.ExportSubjectPublicKeyInfoPem());
            configure?.Invoke(options);
        });
        await app.StartAsync();
        foreach (var name in (string[])["stripe", "mail", "scanner"])
        {
            await app.Services.GetRequiredKeyedService<IRotatingCredentialProvider>(name).GetCurrentAsync();
        }

        backend.Add("stripe", Present);
        var result = new LeakApp(app, gitHub);
        await result.Stripe.RefreshAsync(RefreshReason.Requested);
        return result;
    }

    public static string Body(params string[] tokens) => $"[{string.Join(',', tokens.Select(token => $$"""{"token":"{{token}}","type":"stripe_key","url":"https://example.com/{{token}}","source":"content"}"""))}]";

    public Task<(int Status, string Body, TimeSpan Took)> ReportAsync(string body, string? key = Key, bool isChunked = false) => SendAsync(body, headers =>
    {
        if (key is not null)
        {
            headers.Add("X-Report-Key", key);
        }

        headers.TransferEncodingChunked = isChunked ? true : null;
    });

    public Task<(int Status, string Body, TimeSpan Took)> ReportAsGitHubAsync(string body, string? signed = null, string identifier = "key-1", string? signature = null, ECDsa? signer = null) => SendAsync(body, headers =>
    {
        headers.Add("Github-Public-Key-Identifier", identifier);
        headers.Add("Github-Public-Key-Signature", signature ?? Convert.ToBase64String((signer ?? _gitHub).SignData(Encoding.UTF8.GetBytes(signed ?? body), HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence)));
    });

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        await _app.DisposeAsync();
        _gitHub.Dispose();
    }

    private async Task<(int Status, string Body, TimeSpan Took)> SendAsync(string body, Action<HttpRequestHeaders> set)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/leaks") { Content = new StringContent(body) };
        set(request.Headers);
        var started = Stopwatch.GetTimestamp();
        using var answer = await _client.SendAsync(request, TestContext.Current.CancellationToken);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), Stopwatch.GetElapsedTime(started));
    }
}
