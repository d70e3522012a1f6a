using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Google.Apis.Auth.OAuth2;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.GoogleSecretManager.Tests.Server;

namespace Nhi.Rotation.GoogleSecretManager.Tests.Push;

/// <summary>From a Pub/Sub message to the value in use, and everything that can be wrong with it.</summary>
public sealed class PushTests : IAsyncDisposable
{
    private const string Name = "projects/shop/secrets/key";

    private SecretManagerServer _server = null!;
    private TokenIssuer _issuer = null!;
    private ServiceProvider _app = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private IRotatingCredentialProvider Provider => _app.GetRequiredKeyedService<IRotatingCredentialProvider>("cred");

    [Theory]
    [InlineData("SECRET_VERSION_ADD", Name)]
    [InlineData("SECRET_UPDATE", "projects/123456789012/secrets/key")]
    public async Task A_new_version_is_in_use_after_the_message(string type, string secret)
    {
        await StartAsync();
        _server.Add(Name, "two"u8.ToArray());
        _server.Calls.Clear();

        Assert.Equal(204, await SendAsync(Message(type, secret)));

        await UntilAsync(() => Provider.Current.Reveal() == "two");
        Assert.Equal("access 1, get 1, list 1", _server.Counts());
        Assert.Single(Logged(410));
    }

    [Fact]
    public async Task A_rotation_that_is_due_is_a_warning_with_credential_and_owner()
    {
        await StartAsync();

        Assert.Equal(204, await SendAsync(Message("SECRET_ROTATE", Name)));

        var entry = Assert.Single(Logged(414));
        Assert.Equal(LogLevel.Warning, entry.Level);
        Assert.StartsWith("Credential 'cred' (owner: payments): its secret is due for rotation", entry.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("none", "it has no token")]
    [InlineData("basic", "it has no token")]
    [InlineData("garbage", null)]
    [InlineData("two parts", null)]
    [InlineData("audience", "is not valid")]
    [InlineData("issuer", "is not valid")]
    [InlineData("expired", "is not valid")]
    [InlineData("future", "is not valid")]
    [InlineData("other key", "is not valid")]
    [InlineData("unsigned", null)]
    [InlineData("changed", "is not valid")]
    [InlineData("account", "is of another account")]
    [InlineData("not verified", "is of another account")]
    public async Task Who_is_not_the_subscription_is_refused_and_asks_nobody(string wrong, string? why)
    {
        await StartAsync();
        using var other = RSA.Create(2048);
        var good = _issuer.Sign();
        var header = wrong switch
        {
            "none" => null,
            "basic" => "Basic YTpi",
            "garbage" => "Bearer CANARY-5be2d1c7-never-shown",
            "two parts" => "Bearer a.b",
            "audience" => "Bearer " + _issuer.Sign(audience: "https://other.example.com"),
            "issuer" => "Bearer " + _issuer.Sign(issuer: "https://accounts.example.com"),
            "expired" => "Bearer " + _issuer.Sign(age: TimeSpan.FromHours(2)),
            "future" => "Bearer " + _issuer.Sign(age: TimeSpan.FromHours(-2)),
            "other key" => "Bearer " + _issuer.Sign(key: other),
            "unsigned" => "Bearer " + _issuer.Sign(algorithm: "none"),
            "changed" => $"Bearer {good[..^5]}{(good[^5] == 'A' ? 'B' : 'A')}{good[^4..]}",
            "account" => "Bearer " + _issuer.Sign(account: "somebody@shop.iam.gserviceaccount.com"),
            _ => "Bearer " + _issuer.Sign(verified: false),
        };
        _server.Calls.Clear();

        Assert.Equal(401, await _app.GetRequiredService<SecretManagerPush>().ReceiveAsync(header, Body(Message("SECRET_VERSION_ADD", Name)), Ct));

        Assert.Empty(Logged(410));
        Assert.Empty(_server.Calls);
        var entry = Assert.Single(Logged(412));
        Assert.Contains(why ?? "A Pub/Sub message was refused", entry.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(GoogleError.Canary, entry.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_thousand_guesses_are_one_line_of_the_log()
    {
        await StartAsync();
        var push = _app.GetRequiredService<SecretManagerPush>();

        for (var i = 0; i < 1000; i++)
        {
            Assert.Equal(401, await push.ReceiveAsync("Bearer guess", Stream.Null, Ct));
        }

        Assert.Single(Logged(412));
    }

    [Fact]
    public async Task Tokens_that_cannot_be_verified_now_are_told_to_come_again()
    {
        await StartAsync();
        _issuer.IsUp = false;

        Assert.Equal(503, await SendAsync(Message("SECRET_VERSION_ADD", Name)));
        Assert.Single(Logged(413));

        _issuer.IsUp = true;
        Assert.Equal(204, await SendAsync(Message("SECRET_VERSION_ADD", Name)));
        Assert.Single(Logged(410));
    }

    [Theory]
    [InlineData("")]
    [InlineData("not JSON")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("{\"message\":{\"messageId\":\"1\",\"attributes\":{\"eventType\":7,\"secretId\":\"x\"}}}")]
    public async Task What_cannot_be_read_is_done_with_so_that_it_does_not_come_back_for_ever(string body)
    {
        await StartAsync();

        Assert.Equal(204, await SendAsync(body));
        Assert.Equal(204, await SendAsync(new string(' ', (256 << 10) + 1) + Message("SECRET_VERSION_ADD", Name)));

        Assert.Empty(Logged(410));
    }

    [Theory]
    [InlineData("SECRET_VERSION_ADD", "projects/shop/secrets/other")]
    [InlineData("SECRET_VERSION_ADD", "projects/other/secrets/key")]
    [InlineData("SECRET_VERSION_ADD", "projects/shop/locations/europe-west3/secrets/key")]
    [InlineData("TOPIC_CONFIGURED", Name)]
    public async Task What_concerns_no_credential_asks_nobody(string type, string secret)
    {
        await StartAsync();

        Assert.Equal(204, await SendAsync(Message(type, secret)));

        Assert.Empty(Logged(410));
    }

    [Fact]
    public async Task A_message_that_comes_twice_counts_once()
    {
        await StartAsync();
        _server.Calls.Clear();

        Assert.Equal(204, await SendAsync(Message("SECRET_ROTATE", Name, "same")));
        Assert.Equal(204, await SendAsync(Message("SECRET_ROTATE", Name, "same")));
        Assert.Equal(204, await SendAsync(Message("SECRET_UPDATE", Name, "same")));

        Assert.Single(Logged(410));
    }

    [Theory]
    [InlineData("", TokenIssuer.Account, "Audience is empty")]
    [InlineData(TokenIssuer.Audience, "", "ServiceAccount is no email address")]
    [InlineData(TokenIssuer.Audience, "push", "ServiceAccount is no email address")]
    public void Who_may_send_has_to_be_said(string audience, string account, string mistake)
    {
        var builder = new ServiceCollection().AddRotatingCredentials();

        var error = Assert.Throws<ArgumentException>(() => builder.ListenToSecretManagerPush(o => (o.Audience, o.ServiceAccount) = (audience, account)));

        Assert.Contains(mistake, error.Message, StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
            await _issuer.DisposeAsync();
            await _server.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        _server = await SecretManagerServer.StartAsync();
        _issuer = await TokenIssuer.StartAsync();
        _server.Add(Name, "one"u8.ToArray());
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.AddFakeLogging().SetMinimumLevel(LogLevel.Debug));
        services.AddRotatingCredentials()
            .AddCredential("cred", c => c.FromGoogleSecretManager(Name, o => (o.Credential, o.Endpoint) = (GoogleCredential.FromAccessToken(SecretManagerServer.Token), _server.Address)).OwnedBy("payments"))
            .ListenToSecretManagerPush(o => (o.Audience, o.ServiceAccount, o.CertificatesUrl) = (TokenIssuer.Audience, TokenIssuer.Account, _issuer.CertificatesUrl));
        _app = services.BuildServiceProvider();
        Assert.Equal("one", (await Provider.GetCurrentAsync(Ct)).Reveal());
    }

    private Task<int> SendAsync(string body) => _app.GetRequiredService<SecretManagerPush>().ReceiveAsync("Bearer " + _issuer.Sign(), Body(body), Ct);

    private List<FakeLogRecord> Logged(int id) => [.. _app.GetFakeLogCollector().GetSnapshot().Where(entry => entry.Id.Id == id)];

    private static MemoryStream Body(string text) => new(Encoding.UTF8.GetBytes(text));

    private static string Message(string type, string secret, string? id = null) => JsonSerializer.Serialize(new
    {
        message = new { attributes = new { eventType = type, secretId = secret, versionId = secret + "/versions/2", dataFormat = "JSON_API_V1" }, data = "e30=", messageId = id ?? Guid.NewGuid().ToString() },
        subscription = "projects/shop/subscriptions/app",
    });

    private static async Task UntilAsync(Func<bool> happened)
    {
        for (var since = Stopwatch.GetTimestamp(); !happened(); await Task.Delay(5))
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30), "It did not happen in time.");
        }
    }
}
