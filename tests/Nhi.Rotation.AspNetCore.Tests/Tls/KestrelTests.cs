using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Hosting;

namespace Nhi.Rotation.AspNetCore.Tests.Tls;

/// <summary>A server whose certificate rotates.</summary>
public sealed class KestrelTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_chain_is_sent_complete_and_a_new_handshake_shows_the_new_certificate()
    {
        await using var app = await KestrelApp.StartAsync();
        var first = await HandshakeAsync(app.Address, "localhost");

        await app.RotateAsync("tls");
        var second = await HandshakeAsync(app.Address, "localhost");

        Assert.NotEqual(first.Subject, second.Subject);
        Assert.Contains("CN=Test Intermediate", first.Sent);
        Assert.Contains("CN=Test Intermediate", second.Sent);
    }

    [Fact]
    public async Task Each_host_has_its_own_certificate()
    {
        await using var app = await KestrelApp.StartAsync(listen => listen.UseRotatingCertificates("tls", new Dictionary<string, string> { ["*.example.com"] = "other" }));

        Assert.Contains("CN=other.example.com", (await HandshakeAsync(app.Address, "other.example.com")).Subject, StringComparison.Ordinal);
        Assert.Contains("CN=localhost", (await HandshakeAsync(app.Address, "a.b.example.com")).Subject, StringComparison.Ordinal);
        Assert.Contains("CN=localhost", (await HandshakeAsync(app.Address, "localhost")).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_the_defaults_an_endpoint_that_has_its_own_certificate_keeps_it()
    {
        X509Certificate2? own = null;
        await using var app = await KestrelApp.StartAsync(
            endpoint => endpoint.UseHttps(own!),
            defaults: (kestrel, authority) =>
            {
                own = authority.Issue("own.example.com");
                kestrel.ConfigureHttpsDefaults(https => https.UseRotatingCertificate(kestrel.ApplicationServices, "tls"));
            });

        Assert.Contains("CN=own.example.com", (await HandshakeAsync(app.Address, "localhost")).Subject, StringComparison.Ordinal);
        Assert.DoesNotContain(app.Ledger.GetUses("tls"), use => use.Held > 0);
        own!.Dispose();
    }

    [Fact]
    public async Task A_hook_that_was_set_before_is_called_after()
    {
        var called = 0;
        await using var app = await KestrelApp.StartAsync(endpoint => endpoint.UseHttps(https =>
        {
            https.OnAuthenticate = (_, options) => called += options.ServerCertificateContext is null ? 0 : 1;
            https.UseRotatingCertificate(endpoint.ApplicationServices, "tls");
        }));

        await HandshakeAsync(app.Address, "localhost");

        Assert.Equal(1, called);
    }

    [Fact]
    public async Task Without_a_certificate_that_may_be_presented_a_handshake_fails_and_the_server_lives_on()
    {
        await using var app = await KestrelApp.StartAsync();
        await app.Provider("tls").RevokeAsync(app.Provider("tls").Current.VersionId, "leaked", Ct);

        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(app.Address, "localhost"));
        await app.RotateAsync("tls");

        Assert.Contains("CN=localhost", (await HandshakeAsync(app.Address, "localhost")).Subject, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_that_is_broken_off_holds_nothing()
    {
        await using var app = await KestrelApp.StartAsync();
        for (var attempt = 0; attempt < 5; attempt++)
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, app.Address.Port, Ct);
            await using var tls = new SslStream(socket.GetStream());
            await Assert.ThrowsAsync<AuthenticationException>(() => tls.AuthenticateAsClientAsync(
                new SslClientAuthenticationOptions { TargetHost = "localhost", RemoteCertificateValidationCallback = static (_, _, _, _) => false }, Ct));
        }

        await Eventually.IsAsync(() => app.Held("tls", app.Provider("tls").Current.VersionId, "kestrel") == 0, "the connections are closed");
    }

    [Theory]
    [InlineData("1.1")]
    [InlineData("2.0")]
    public async Task Under_load_no_request_fails_and_old_connections_are_drained(string version)
    {
        await using var app = await KestrelApp.StartAsync();
        using var client = app.NewClient(Version.Parse(version));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var answered = 0;
        var load = Enumerable.Range(0, 4).Select(_ => Task.Run(
            async () =>
            {
                while (!stop.IsCancellationRequested)
                {
                    using var request = new HttpRequestMessage(HttpMethod.Post, "/echo") { Content = new StringContent("body"), Version = client.DefaultRequestVersion, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
                    using var response = await client.SendAsync(request, Ct);
                    Assert.Equal("body", await response.Content.ReadAsStringAsync(Ct));
                    Interlocked.Increment(ref answered);
                }
            },
            Ct)).ToArray();
        await Eventually.IsAsync(() => answered > 20, "the load runs");

        for (var rotation = 0; rotation < 2; rotation++)
        {
            var old = app.Provider("tls").Current.VersionId;
            await Eventually.IsAsync(() => app.Held("tls", old, "kestrel") > 0, "connections hold the version");
            await app.RotateAsync("tls");
            Assert.Equal(VerdictKind.StillUsed, Verdict(app, old).Kind);
            Assert.Contains(Verdict(app, old).Users, user => user.Consumer == "kestrel");
            await Eventually.IsAsync(() => app.Held("tls", old, "kestrel") == 0, "old connections are closed");
        }

        await stop.CancelAsync();
        await Task.WhenAll(load);
    }

    [Fact]
    public async Task An_idle_connection_is_closed_at_the_end_of_the_drain_time()
    {
        await using var app = await KestrelApp.StartAsync(drain: TimeSpan.FromSeconds(2));
        using var client = app.NewClient(HttpVersion.Version11);
        Assert.Equal("HTTP/1.1", await client.GetStringAsync("/", Ct));
        var old = app.Provider("tls").Current.VersionId;
        Assert.Equal(1, app.Held("tls", old, "kestrel"));
        Assert.Equal(1, app.Ledger.GetUses("tls").Single(use => use.Consumer == "kestrel").Uses);

        await app.RotateAsync("tls");

        await Eventually.IsAsync(() => app.Held("tls", old, "kestrel") == 0, "the idle connection is closed");
        Assert.Equal("HTTP/1.1", await client.GetStringAsync("/", Ct));
    }

    [Fact]
    public async Task A_request_in_flight_is_not_cut_off_however_long_it_takes()
    {
        await using var app = await KestrelApp.StartAsync(drain: TimeSpan.Zero);
        using var client = app.NewClient(HttpVersion.Version20);
        using var response = await client.GetAsync("/slow", HttpCompletionOption.ResponseHeadersRead, Ct);
        var old = app.Provider("tls").Current.VersionId;

        await app.RotateAsync("tls");
        await Eventually.IsAsync(() => app.Log.Lines.Any(line => line.Contains("GOAWAY", StringComparison.Ordinal)), "the client is told to go");
        Assert.Equal(1, app.Held("tls", old, "kestrel"));
        app.Release.SetResult();

        Assert.Equal("late", await response.Content.ReadAsStringAsync(Ct));
        await Eventually.IsAsync(() => app.Held("tls", old, "kestrel") == 0, "then it is closed");
    }

    [Fact]
    public async Task A_version_that_is_no_certificate_changes_nothing_and_no_key_is_in_any_log()
    {
        await using var app = await KestrelApp.StartAsync();
        var before = await HandshakeAsync(app.Address, "localhost");
        var (_, key) = app.Authority.IssueLeaf();
        var (chain, other) = app.Authority.IssueLeaf();

        app.Backend.Add("tls", chain + key);
        await app.Provider("tls").RefreshAsync(RefreshReason.Requested, Ct);

        Assert.Equal(before.Subject, (await HandshakeAsync(app.Address, "localhost")).Subject);
        Assert.Contains(app.Log.Lines, line => line.Contains("matches none of its 2 certificates", StringComparison.Ordinal));
        Assert.All(new[] { key, other, app.Provider("tls").Current.Reveal().Split("-----BEGIN PRIVATE KEY-----")[1] }, secret =>
            Assert.DoesNotContain(app.Log.Lines, line => line.Contains(secret.Split('\n')[1], StringComparison.Ordinal)));
    }

    private static RotationVerdict Verdict(KestrelApp app, string versionId) => app.Ledger.GetRotations("tls").Single(rotation => rotation.From == versionId).Verdict;

    internal static async Task<(string Subject, List<string> Sent)> HandshakeAsync(Uri address, string host)
    {
        using var socket = new TcpClient();
        await socket.ConnectAsync(IPAddress.Loopback, address.Port, Ct);
        var sent = new List<string>();
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = host,
                RemoteCertificateValidationCallback = (_, _, chain, _) =>
                {
                    // What the server sent beside the leaf.
                    sent.AddRange(chain!.ChainPolicy.ExtraStore.Select(certificate => certificate.Subject));
                    return true;
                },
            },
            Ct);
        return (((X509Certificate2)tls.RemoteCertificate!).Subject, sent);
    }
}
