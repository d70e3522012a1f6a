using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Nhi.Rotation.Clients.Tests;

public sealed class OAuthTests : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<(string? Authorization, string Body)> _asked = [];
    private readonly List<string> _tokens = [];
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UtcNow);
    private HashSet<string> _secrets = ["first"];
    private int _tokenStatus = 200;
    private bool _apiRefuses;
    private WebApplication? _server;
    private TestApp? _app;

    [Fact]
    public async Task Concurrent_requests_share_one_token_and_the_next_one_is_got_before_it_ends()
    {
        var client = await StartAsync("first");

        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => GetAsync(client)));
        Assert.Single(_asked);
        _time.Advance(TimeSpan.FromMinutes(58));
        await GetAsync(client);
        Assert.Single(_asked);
        _time.Advance(TimeSpan.FromMinutes(1.5));
        await GetAsync(client);

        Assert.Equal(2, _asked.Count);
        Assert.Equal("token-2", _tokens[^1]);
        Assert.Equal(("client", 2), _app!.Uses(_app.Key.Current.VersionId).Select(use => (use.Consumer, (int)use.Uses)).Single());
    }

    [Fact]
    public async Task The_parts_of_basic_are_form_encoded()
    {
        _secrets = ["a b:ü%"];
        await GetAsync(await StartAsync("a b:ü%"));

        var (authorization, body) = Assert.Single(_asked);
        Assert.Equal("my%3Aapp:a+b%3A%C3%BC%25", Encoding.ASCII.GetString(Convert.FromBase64String(authorization!["Basic ".Length..])));
        Assert.Equal("audience=api&grant_type=client_credentials&scope=read+write", body);
    }

    [Fact]
    public async Task Post_takes_id_and_secret_from_json()
    {
        var client = await StartAsync("""{"client_id":"other","client_secret":"first"}""", options =>
        {
            options.Authentication = OAuthClientAuthentication.Post;
            options.ClientId = null;
        });

        await GetAsync(client);

        var (authorization, body) = Assert.Single(_asked);
        Assert.Null(authorization);
        Assert.Contains("client_id=other&client_secret=first", body, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_got_with_the_old_secret_lives_on_and_a_refused_new_secret_falls_back_to_the_old_one()
    {
        var client = await StartAsync("first");
        await GetAsync(client);
        await _app!.RotateAsync("second");
        await GetAsync(client);
        Assert.Single(_asked);

        _time.Advance(TimeSpan.FromHours(1));
        await GetAsync(client);

        Assert.Equal(["first", "second", "first"], _asked.Select(Secret));
    }

    [Fact]
    public async Task When_no_secret_is_accepted_the_error_shows_none_and_the_endpoint_is_left_alone()
    {
        _secrets = [];
        var client = await StartAsync("canary-41");

        var error = await Assert.ThrowsAsync<CredentialUnavailableException>(() => GetAsync(client));
        await Assert.ThrowsAsync<CredentialUnavailableException>(() => GetAsync(client));

        Assert.Single(_asked);
        Assert.Contains("/token refused version", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", error.ToString(), StringComparison.Ordinal);
        _secrets = ["clean"];
        await _app!.RotateAsync("clean");
        await GetAsync(client);
    }

    [Fact]
    public async Task An_endpoint_that_fails_is_a_network_error_and_a_token_that_lives_is_used_on()
    {
        var client = await StartAsync("first");
        await GetAsync(client);
        _tokenStatus = 503;
        _time.Advance(TimeSpan.FromMinutes(59.5));
        await GetAsync(client);
        _time.Advance(TimeSpan.FromMinutes(1));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client));
        Assert.Contains("503", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_the_api_refuses_is_replaced_once_and_not_while_it_is_fresh()
    {
        var client = await StartAsync("first");
        await GetAsync(client);
        _apiRefuses = true;
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await StatusAsync(client));
        Assert.Single(_asked);
        _time.Advance(TimeSpan.FromSeconds(11));
        _apiRefuses = false;
        _tokens.Clear();
        _revoked = "token-1";

        Assert.Equal(System.Net.HttpStatusCode.OK, await StatusAsync(client));

        Assert.Equal(["token-1", "token-2"], _tokens);
    }

    private string? _revoked;

    public async ValueTask DisposeAsync()
    {
        if (_app is not null)
        {
            await _app.DisposeAsync();
            await _server!.DisposeAsync();
        }
    }

    private static string Secret((string? Authorization, string Body) asked) =>
        Encoding.ASCII.GetString(Convert.FromBase64String(asked.Authorization!["Basic ".Length..])).Split(':')[1];

    private static async Task GetAsync(HttpClient client) => Assert.Equal(System.Net.HttpStatusCode.OK, await StatusAsync(client));

    private static async Task<System.Net.HttpStatusCode> StatusAsync(HttpClient client)
    {
        using var response = await client.GetAsync(new Uri("/api", UriKind.Relative), TestContext.Current.CancellationToken);
        return response.StatusCode;
    }

    private async Task<HttpClient> StartAsync(string value, Action<OAuthClientOptions>? configure = null)
    {
        _server = await TestApp.ServeAsync(AnswerAsync);
        var address = new Uri(_server.Urls.First());
        _app = new TestApp(value, credentials =>
        {
            credentials.Services.AddSingleton<TimeProvider>(_time);
            credentials.Services.AddHttpClient("client", client => client.BaseAddress = address)
                .AddOAuthClientCredentials("key", new Uri(address, "/token"), options =>
                {
                    options.ClientId = "my:app";
                    options.Scope = "read write";
                    options.Parameters["audience"] = "api";
                    configure?.Invoke(options);
                });
        });
        return _app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client");
    }

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var authorization = context.Request.Headers.Authorization.ToString();
        if (context.Request.Path == "/api")
        {
            var token = authorization["Bearer ".Length..];
            lock (_gate)
            {
                _tokens.Add(token);
            }

            context.Response.StatusCode = _apiRefuses || token == _revoked ? 401 : 200;
            return;
        }

        int number;
        lock (_gate)
        {
            _asked.Add((authorization.Length == 0 ? null : authorization, body));
            number = _asked.Count;
        }

        var secret = authorization.Length == 0
            ? body.Split("client_secret=")[1].Split('&')[0]
            : Secret((authorization, body));
        var known = _secrets.Contains(System.Net.WebUtility.UrlDecode(secret));
        context.Response.StatusCode = _tokenStatus != 200 ? _tokenStatus : known ? 200 : 400;
        await context.Response.WriteAsync(known ? $$"""{"access_token":"token-{{number}}","token_type":"bearer","expires_in":3600}""" : $$"""{"error":"invalid_client","error_description":"{{secret}}"}""");
    }
}
