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
    public async Task A_token_that_the_api_refuses_is_replaced_at_once_and_at_most_once_in_ten_seconds()
    {
        var client = await StartAsync("first");
        await GetAsync(client);
        _revoked = "token-1";
        Assert.Equal(System.Net.HttpStatusCode.OK, await StatusAsync(client));
        Assert.Equal(["token-1", "token-1", "token-2"], _tokens);

        _apiRefuses = true;
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await StatusAsync(client));
        Assert.Equal(2, _asked.Count);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await StatusAsync(client));
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public async Task A_token_of_a_version_that_was_replaced_since_is_replaced_at_once_and_the_pause_counts_from_then()
    {
        _secrets = ["first", "second"];
        var client = await StartAsync("first");
        await GetAsync(client);
        _revoked = "token-1";
        await GetAsync(client);
        _time.Advance(TimeSpan.FromSeconds(9));

        await _app!.RotateAsync("second");
        _revoked = "token-2";
        await GetAsync(client);
        Assert.Equal("token-3", _tokens[^1]);
        Assert.Equal(["first", "first", "second"], _asked.Select(Secret));

        _apiRefuses = true;
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await StatusAsync(client));
        Assert.Equal(3, _asked.Count);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await StatusAsync(client));
        Assert.Equal(4, _asked.Count);
    }

    [Fact]
    public async Task While_the_new_secret_is_refused_tokens_of_the_old_one_are_not_replaced_for_each_request()
    {
        var client = await StartAsync("first");
        await _app!.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await _app.RotateAsync("second");
        await GetAsync(client);
        _apiRefuses = true;

        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await StatusAsync(client));
        }

        Assert.Equal(2, _asked.Select(Secret).Count(static secret => secret == "first"));
    }

    [Theory]
    [InlineData(400, """{"error":"unauthorized_client"}""")]
    [InlineData(403, """{"error":"unauthorized_client"}""")]
    [InlineData(400, """{"error":"invalid_request"}""")]
    [InlineData(400, "<html>")]
    [InlineData(200, """{"error":"bad_verification_code"}""")]
    [InlineData(401, "")]
    public async Task Another_version_decides_what_a_failure_means_that_is_not_known_to_be_about_something_else(int status, string body)
    {
        (_refusalStatus, _refusal) = (status, body);
        var client = await StartAsync("first");
        await _app!.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        var second = await _app.RotateAsync("second");

        await GetAsync(client);

        Assert.Equal(["second", "first"], _asked.Select(Secret));
        Assert.Equal(1, _app.Rejections);
        Assert.Equal(second, _app.Key.Current.VersionId);
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_scope"}""")]
    [InlineData(429, "")]
    [InlineData(500, """{"error":"invalid_request"}""")]
    [InlineData(200, """{"nothing":1}""")]
    public async Task A_failure_that_is_about_something_else_accuses_no_version(int status, string body)
    {
        (_refusalStatus, _refusal, _secrets) = (status, body, []);
        var client = await StartAsync("first");
        await _app!.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await _app.RotateAsync("second");

        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client));

        Assert.Equal(["second"], _asked.Select(Secret));
        Assert.Equal(0, _app.Rejections);
    }

    [Fact]
    public async Task A_rule_of_ones_own_says_what_a_refusal_is()
    {
        (_refusalStatus, _refusal) = (422, "");
        var client = await StartAsync("first", options => options.RejectedWhen(static response => (int)response.StatusCode == 422));
        await _app!.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        await _app.RotateAsync("second");

        await GetAsync(client);

        Assert.Equal(["second", "first"], _asked.Select(Secret));
    }

    [Fact]
    public async Task An_endpoint_that_fails_is_left_alone_a_second_at_first_and_then_twice_as_long()
    {
        var client = await StartAsync("first");
        _tokenStatus = 503;
        for (var tenths = 0; tenths < 150; tenths++)
        {
            var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client));
            Assert.Contains("503", error.Message, StringComparison.Ordinal);
            _time.Advance(TimeSpan.FromSeconds(0.1));
        }

        // 1 + 2 + 4 + 8 s, or as little as half of each.
        Assert.InRange(_asked.Count, 4, 5);
        _tokenStatus = 200;
        _time.Advance(TimeSpan.FromSeconds(16));
        await GetAsync(client);
    }

    [Fact]
    public async Task A_refusal_of_everything_outlives_the_servers_outage_by_a_second_at_most()
    {
        _secrets = [];
        var client = await StartAsync("first");
        await Assert.ThrowsAsync<CredentialUnavailableException>(() => GetAsync(client));
        _secrets = ["first"];
        _time.Advance(TimeSpan.FromSeconds(0.49));
        await Assert.ThrowsAsync<CredentialUnavailableException>(() => GetAsync(client));
        _time.Advance(TimeSpan.FromSeconds(0.51));

        await GetAsync(client);
    }

    [Fact]
    public async Task Retry_After_is_honoured()
    {
        var client = await StartAsync("first");
        (_tokenStatus, _retryAfter) = (429, "30");
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client));
        _tokenStatus = 200;
        _time.Advance(TimeSpan.FromSeconds(29.9));
        await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client));
        Assert.Single(_asked);
        _time.Advance(TimeSpan.FromSeconds(0.1));

        await GetAsync(client);
    }

    [Fact]
    public async Task A_token_without_a_life_is_used_for_some_seconds()
    {
        _expiresIn = "0";
        var client = await StartAsync("first");

        for (var i = 0; i < 20; i++)
        {
            await GetAsync(client);
            _time.Advance(TimeSpan.FromSeconds(0.1));
        }

        Assert.Single(_asked);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_takes_no_more_than_half_of_what_is_left_of_a_token()
    {
        var client = await StartAsync("first");
        await GetAsync(client);
        _hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _time.Advance(TimeSpan.FromMinutes(59.75));
        var waiting = GetAsync(client);
        await AskedAsync(2);

        await EventuallyAsync(() =>
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            return Task.FromResult(waiting.IsCompleted);
        });

        await waiting;
        Assert.Equal("token-1", _tokens[^1]);
        _hang.SetResult();
    }

    [Fact]
    public async Task A_token_request_that_hangs_is_given_up_when_the_token_ends_and_the_endpoint_is_asked_anew()
    {
        var client = await StartAsync("first");
        await GetAsync(client);
        var hang = _hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _time.Advance(TimeSpan.FromMinutes(59.2));
        await GetAsync(client);
        await AskedAsync(2);

        // The endpoint answers again, but for the request that hangs.
        _hang = null;
        _time.Advance(TimeSpan.FromMinutes(1));
        await GetAsync(client);

        Assert.Equal("token-3", _tokens[^1]);
        hang.SetResult();
    }

    [Fact]
    public async Task A_token_that_lives_shorter_than_the_lead_time_is_used_for_half_of_its_life()
    {
        _expiresIn = "60";
        var client = await StartAsync("first");

        await GetAsync(client);
        _time.Advance(TimeSpan.FromSeconds(29));
        await GetAsync(client);
        Assert.Single(_asked);
        _time.Advance(TimeSpan.FromSeconds(20));
        await GetAsync(client);

        Assert.Equal(2, _asked.Count);
    }

    [Theory]
    [InlineData("1800", 30)]
    [InlineData("\"1800\"", 30)]
    [InlineData("-1", 5)]
    [InlineData("1e9", 5)]
    [InlineData("null", 5)]
    [InlineData("99999999999", 24 * 60)]
    public async Task The_lifetime_is_a_number_or_the_text_of_one_and_at_most_a_day(string expiresIn, int minutes)
    {
        _expiresIn = expiresIn;
        var client = await StartAsync("first");
        await GetAsync(client);

        _time.Advance(TimeSpan.FromMinutes(minutes - 1.1));
        await GetAsync(client);
        Assert.Single(_asked);
        _time.Advance(TimeSpan.FromMinutes(0.8));
        await GetAsync(client);

        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task While_a_token_lives_neither_a_refusal_nor_a_failure_reaches_a_request_and_the_endpoint_is_left_alone()
    {
        var client = await StartAsync("first");
        await GetAsync(client);
        _secrets = [];
        _time.Advance(TimeSpan.FromMinutes(59.6));
        await GetAsync(client);
        await GetAsync(client);
        await GetAsync(client);

        Assert.Equal(2, _asked.Count);
        Assert.Contains(_app!.Log.GetSnapshot(), line => line.Id == 541 && line.Message.Contains("refused version", StringComparison.Ordinal));
        _secrets = ["first"];
        _time.Advance(TimeSpan.FromSeconds(11));
        await GetAsync(client);
        Assert.Equal(3, _asked.Count);
    }

    [Fact]
    public async Task An_endpoint_that_hangs_holds_no_request_up_while_the_token_is_well_alive()
    {
        var client = await StartAsync("first");
        await GetAsync(client);
        _hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _time.Advance(TimeSpan.FromMinutes(59.2));

        await GetAsync(client);
        await GetAsync(client);
        Assert.Equal("token-1", _tokens[^1]);
        await AskedAsync(2);
        _hang.SetResult();

        await EventuallyAsync(async () =>
        {
            await GetAsync(client);
            return _tokens[^1] == "token-2";
        });
        Assert.Equal(2, _asked.Count);
    }

    [Fact]
    public async Task A_caller_that_gives_up_leaves_the_token_request_to_the_others()
    {
        var client = await StartAsync("first");
        _hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var giveUp = new CancellationTokenSource();
        var token = giveUp.Token;
        var impatient = Task.Run(() => client.GetAsync(new Uri("/api", UriKind.Relative), token), token);
        await AskedAsync(1);
        var patient = GetAsync(client);

        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => impatient);
        _hang.SetResult();
        await patient;

        Assert.Single(_asked);
    }

    [Fact]
    public async Task A_token_got_with_a_secret_that_is_revoked_is_dropped_at_once()
    {
        _secrets = ["first", "second"];
        var client = await StartAsync("first");
        await GetAsync(client);
        var leaked = _app!.Key.Current.VersionId;
        await _app.RotateAsync("second");
        await GetAsync(client);
        Assert.Equal("token-1", _tokens[^1]);

        await _app.Key.RevokeAsync(leaked, "leaked", TestContext.Current.CancellationToken);
        await GetAsync(client);

        Assert.Equal("token-2", _tokens[^1]);
        Assert.Equal(["first", "second"], _asked.Select(Secret));
    }

    [Fact]
    public async Task A_token_that_comes_after_its_secret_was_revoked_is_not_used()
    {
        _secrets = ["first", "second"];
        var client = await StartAsync("first");
        await _app!.Key.GetCurrentAsync(TestContext.Current.CancellationToken);
        var leaked = _app.Key.Current.VersionId;
        _hang = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var request = GetAsync(client);
        await AskedAsync(1);
        await _app.RotateAsync("second");

        await _app.Key.RevokeAsync(leaked, "leaked", TestContext.Current.CancellationToken);
        _hang.SetResult();
        await request;

        Assert.Equal(["token-2"], _tokens);
    }

    [Fact]
    public async Task A_version_that_cannot_be_read_leaves_the_one_before_in_use()
    {
        var client = await StartAsync("""{"client_id":"my-app","client_secret":"first"}""", options => options.ClientId = null);
        await GetAsync(client);
        await _app!.RotateAsync("""{"client_id":"my-app","secret":"Canary-73"}""");
        _time.Advance(TimeSpan.FromHours(1));

        await GetAsync(client);

        Assert.Equal(["first", "first"], _asked.Select(Secret));
        var told = Assert.Single(_app!.Log.GetSnapshot(), line => line.Id == 542);
        Assert.Contains("has nothing in the field 'client_secret'", told.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Length: 300000\r\n\r\n", "could not be asked: ConfigurationLimitExceeded")]
    [InlineData("HTTP/1.1 400 Bad Request\r\nContent-Length: 300000\r\n\r\n", "could not be asked: ConfigurationLimitExceeded")]
    [InlineData("nonsense {0}\r\n\r\n", "could not be asked: InvalidResponse")]
    [InlineData("HTTP/1.1 200 OK\r\nX {0}\r\n\r\n", "could not be asked: InvalidResponse")]
    [InlineData("HTTP/1.1 999999 {0}\r\n\r\n", "could not be asked: InvalidResponse")]
    [InlineData("HTTP/1.1 302 Found\r\nLocation: /{0}\r\nContent-Length: 0\r\n\r\n", "answered 302 and gave no bearer token")]
    [InlineData("", "could not be asked: ResponseEnded")]
    public async Task A_hostile_answer_is_a_network_error_that_names_the_credential_and_quotes_nothing(string answer, string what)
    {
        var client = await StartAsync("Canary-73", options => options.Authentication = OAuthClientAuthentication.Post, new EchoingServer(answer));

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client));

        Assert.StartsWith("Credential 'key': the token endpoint http://127.0.0.1:", error.Message, StringComparison.Ordinal);
        Assert.Contains(what, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Canary", error + string.Join(' ', _app!.Log.GetSnapshot()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_primary_handler_of_the_users_follows_no_redirect_whenever_it_was_set()
    {
        var used = 0;
        var client = await StartAsync("first", beforehand: services => services.AddHttpClient("Nhi.Rotation.OAuth").ConfigurePrimaryHttpMessageHandler(() =>
        {
            used++;
            return new SocketsHttpHandler();
        }));
        _redirects = true;

        var error = await Assert.ThrowsAsync<HttpRequestException>(() => GetAsync(client));

        Assert.Contains("answered 307", error.Message, StringComparison.Ordinal);
        Assert.Equal((1, 1), (used, _asked.Count));
    }

    [Theory]
    [InlineData("", "read")]
    [InlineData("app", "")]
    public void An_empty_id_or_scope_is_refused_at_registration(string id, string scope)
    {
        var error = Assert.Throws<ArgumentException>(() => new ServiceCollection().AddHttpClient("client").AddOAuthClientCredentials("key", new Uri("https://login.example/token"), options =>
        {
            options.ClientId = id;
            options.Scope = scope;
        }));

        Assert.Contains("HttpClient 'client'", error.Message, StringComparison.Ordinal);
    }

    private string _expiresIn = "3600";
    private TaskCompletionSource? _hang;
    private bool _redirects;
    private string? _revoked;
    private string? _retryAfter;
    private int _refusalStatus = 400;
    private string? _refusal;

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

    private Task AskedAsync(int times) => EventuallyAsync(() =>
    {
        lock (_gate)
        {
            return Task.FromResult(_asked.Count >= times);
        }
    });

    private static async Task EventuallyAsync(Func<Task<bool>> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!await condition())
        {
            await Task.Delay(5, deadline.Token);
        }
    }

    private async Task<HttpClient> StartAsync(
        string value, Action<OAuthClientOptions>? configure = null, EchoingServer? tokens = null, Action<IServiceCollection>? beforehand = null)
    {
        _server = await TestApp.ServeAsync(AnswerAsync);
        var address = new Uri(_server.Urls.First());
        _app = new TestApp(value, credentials =>
        {
            credentials.Services.AddSingleton<TimeProvider>(_time);
            beforehand?.Invoke(credentials.Services);
            credentials.Services.AddHttpClient("client", client => client.BaseAddress = address)
                .AddOAuthClientCredentials("key", new Uri(tokens?.Address ?? address, "/token"), options =>
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
        Task hang;
        lock (_gate)
        {
            _asked.Add((authorization.Length == 0 ? null : authorization, body));
            number = _asked.Count;
            hang = _hang?.Task ?? Task.CompletedTask;
        }

        await hang;

        if (_redirects)
        {
            context.Response.Redirect("/token", permanent: false, preserveMethod: true);
            return;
        }

        var secret = authorization.Length == 0
            ? body.Split("client_secret=")[1].Split('&')[0]
            : Secret((authorization, body));
        var known = _secrets.Contains(System.Net.WebUtility.UrlDecode(secret));
        context.Response.StatusCode = _tokenStatus != 200 ? _tokenStatus : known ? 200 : _refusalStatus;
        context.Response.Headers.RetryAfter = _retryAfter;
        await context.Response.WriteAsync(known ? $$"""{"access_token":"token-{{number}}","token_type":"bearer","expires_in":{{_expiresIn}}}""" : _refusal ?? $$"""{"error":"invalid_client","error_description":"{{secret}}"}""");
    }
}
