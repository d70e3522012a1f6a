using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>A client whose certificate rotates.</summary>
public sealed class ClientCertificateTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Under_load_no_request_fails_and_the_next_connection_shows_the_new_certificate(string version)
    {
        await using var app = await KestrelApp.StartAsync();
        using var client = Client(app, version);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var answered = 0;
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    Assert.Equal($"HTTP/{(version == "2.0" ? "2" : version)}", await client.GetStringAsync("/", Ct));
                    Interlocked.Increment(ref answered);
                }
            },
            Ct)).ToArray();
        await Eventually.IsAsync(() => answered > 20, "the load runs");

        for (var rotation = 0; rotation < 3; rotation++)
        {
            var old = app.Provider("mtls").Current.VersionId;
            await Eventually.IsAsync(() => app.Held("mtls", old, "peer") > 0, "connections hold the version");
            app.Clients.Clear();
            await app.RotateAsync("mtls", "client");
            await Eventually.IsAsync(() => app.Held("mtls", old, "peer") == 0 && !app.Clients.IsEmpty, "old connections are closed");
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
        Assert.All(app.Clients.Keys, subject => Assert.Contains("CN=client", subject, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task The_server_sees_each_version_and_an_answer_that_is_being_read_is_not_cut_off(string version)
    {
        await using var app = await KestrelApp.StartAsync();
        using var client = Client(app, version);
        await client.GetStringAsync("/", Ct);
        using var response = await client.GetAsync("/slow", HttpCompletionOption.ResponseHeadersRead, Ct);
        var old = app.Provider("mtls").Current.VersionId;

        await app.RotateAsync("mtls", "client");
        await client.GetStringAsync("/", Ct);

        Assert.Equal(2, app.Clients.Count);
        Assert.Equal(1, app.Held("mtls", old, "peer"));
        Assert.Equal(VerdictKind.StillUsed, app.Ledger.GetRotations("mtls").Single().Verdict.Kind);
        app.Release.SetResult();
        Assert.Equal("late", await response.Content.ReadAsStringAsync(Ct));
        await Eventually.IsAsync(() => app.Held("mtls", old, "peer") == 0, "then the connection is closed");
    }

    [Fact]
    public async Task A_handler_that_was_disposed_stays_so_after_a_rotation()
    {
        await using var app = await KestrelApp.StartAsync();
        var handler = app.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("peer");
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        using var client = new HttpMessageInvoker(handler);
        using var request = new HttpRequestMessage(HttpMethod.Get, app.Address);
        (await client.SendAsync(request, Ct)).Dispose();
        using var same = new HttpMessageInvoker(handler, disposeHandler: false);

        client.Dispose();
        await app.RotateAsync("mtls", "client");

        using var late = new HttpRequestMessage(HttpMethod.Get, app.Address);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => same.SendAsync(late, Ct));
        await Eventually.IsAsync(() => app.Ledger.GetUses("mtls").Sum(use => use.Held) == 0, "nothing is held");
        Assert.Single(app.Clients);
    }

    [Fact]
    public async Task A_synchronous_request_waits_for_the_first_load_too()
    {
        using var authority = new TestAuthority();
        var backend = new FakeCredentialBackend(TimeProvider.System);
        backend.Add("mtls", authority.IssuePem("client"));
        var services = new ServiceCollection();
        services.AddRotatingCredentials().AddCredential("mtls", c => c.UseBackend("mtls", _ => backend).AsCertificate());
        services.AddHttpClient("peer").AddRotatingClientCertificate("mtls");
        await using var provider = services.BuildServiceProvider();
        using var client = provider.GetRequiredService<IHttpClientFactory>().CreateClient("peer");
        using var request = new HttpRequestMessage(HttpMethod.Get, "https://127.0.0.1:1/");

        // Nobody listens there; but it was tried.
        await Assert.ThrowsAsync<HttpRequestException>(() => Task.Run(() => client.Send(request, Ct), Ct));
    }

    private static HttpClient Client(KestrelApp app, string version)
    {
        var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("peer");
        client.BaseAddress = app.Address;
        client.DefaultRequestVersion = Version.Parse(version);
        client.DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact;
        return client;
    }
}
