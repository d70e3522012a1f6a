using System.Net;
using System.Net.Security;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Tests.Http;

public sealed class RedirectTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    public static TheoryData<Action<HttpCredentialOptions>> EveryWay => new(
        h => h.Bearer(),
        h => h.Header("X-Api-Key"),
        h => h.Basic("user"),
        h => h.QueryParameter("api_key"),
        h => h.Stamp(static (request, credential) => request.Headers.Add("X-Signature", credential.Reveal())));

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_redirect_elsewhere_is_followed_without_the_credential(Action<HttpCredentialOptions> way)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var elsewhere = await LoopbackServer.StartAsync();

        // Like many servers, this one repeats the query in the location.
        await using var server = await LoopbackServer.StartAsync(request => Results.Redirect($"{elsewhere.Address}moved{request.Query}"));
        await using var clients = TestClients.Create(provider, server, way);

        using var response = await clients.Client.GetAsync("x?a=1", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Contains("s3cret", Everything(Assert.Single(server.Requests)), StringComparison.Ordinal);
        var leaked = Assert.Single(elsewhere.Requests);
        Assert.Equal(("/moved", "?a=1"), (leaked.Path, leaked.Query));
        Assert.DoesNotContain("s3cret", Everything(leaked), StringComparison.Ordinal);
        Assert.Equal(1, provider.Uses("charges", "v1"));
    }

    [Fact]
    public async Task A_header_set_by_hand_in_the_same_place_does_not_follow_a_redirect_elsewhere()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var elsewhere = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync(_ => Results.Redirect(elsewhere.Address.AbsoluteUri));
        await using var clients = TestClients.Create(provider, server, h => h.Header("X-Api-Key"));
        clients.Client.DefaultRequestHeaders.Add("X-Api-Key", "by-hand");
        clients.Client.DefaultRequestHeaders.Add("X-Mine", "1");
        clients.Client.DefaultRequestHeaders.Authorization = new("Bearer", "by-hand");

        using var response = await clients.Client.GetAsync("x", Ct);

        var received = Assert.Single(elsewhere.Requests);
        Assert.DoesNotContain("by-hand", Everything(received), StringComparison.Ordinal);
        Assert.Equal("1", received.Header("X-Mine"));
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task Each_hop_on_the_same_host_is_stamped_anew(Action<HttpCredentialOptions> way)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync((request, count) =>
        {
            provider.Rotate($"v{count + 1}", $"s3cret{count + 1}");
            return count < 3 ? Results.Redirect($"/{count}{request.Query}") : Results.Ok();
        });
        await using var clients = TestClients.Create(provider, server, way);

        using var response = await clients.Client.GetAsync("x?a=1", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["/x", "/1", "/2"], server.Requests.Select(static request => request.Path));
        Assert.Equal(3, server.Requests.Select(Everything).Distinct().Count());
        Assert.Equal((1, 1, 1), (provider.Uses("charges", "v1"), provider.Uses("charges", "v2"), provider.Uses("charges", "v3")));
        Assert.Equal(new Uri(server.Address, "/2?a=1"), response.RequestMessage!.RequestUri);
    }

    [Fact]
    public async Task A_redirect_to_another_allowed_host_is_stamped()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var other = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync(_ => Results.Redirect(other.Address.AbsoluteUri));
        await using var clients = TestClients.Create(provider, server, h => h.Bearer().AllowHosts(server.Address.Authority, other.Address.Authority));

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal("Bearer s3cret", Assert.Single(other.Requests).Authorization);
    }

    [Fact]
    public async Task A_redirect_away_and_back_is_stamped_only_at_home()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        LoopbackServer? home = null;
        await using var away = await LoopbackServer.StartAsync(_ => Results.Redirect($"{home!.Address}back"));
        await using var server = home = await LoopbackServer.StartAsync(request =>
            request.Path == "/back" ? Results.Ok() : Results.Redirect(away.Address.AbsoluteUri));
        await using var clients = TestClients.Create(provider, server, h => h.Header("X-Api-Key"));

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(["s3cret", "s3cret"], server.Requests.Select(static request => request.Header("X-Api-Key")));
        Assert.Null(Assert.Single(away.Requests).Header("X-Api-Key"));
    }

    [Theory]
    [InlineData(300, "POST", "GET", "")]
    [InlineData(301, "POST", "GET", "")]
    [InlineData(302, "POST", "GET", "")]
    [InlineData(303, "POST", "GET", "")]
    [InlineData(307, "POST", "POST", "body")]
    [InlineData(308, "POST", "POST", "body")]
    [InlineData(301, "PUT", "PUT", "body")]
    [InlineData(302, "PUT", "PUT", "body")]
    [InlineData(303, "PUT", "GET", "")]
    public async Task Method_and_body_after_a_redirect_are_as_without_a_credential(int status, string method, string nextMethod, string nextBody)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(request => request.Path == "/next" ? Results.Ok() : new Redirect("/next", status));
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        using var plain = new HttpClient();

        foreach (var client in new[] { clients.Client, plain })
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Address, "x")) { Content = new StringContent("body") };
            using var response = await client.SendAsync(request, Ct);
            Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        }

        Assert.Equal(4, server.Requests.Count);
        Assert.Equal((nextMethod, nextBody), (server.Requests[1].Method, server.Requests[1].Body));
        Assert.Equal((nextMethod, nextBody), (server.Requests[3].Method, server.Requests[3].Body));
    }

    [Fact]
    public async Task A_stream_is_not_sent_on()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(_ => new Redirect("/next", 307));
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.PostAsync("x", new StreamContent(new MemoryStream([1])), Ct);

        Assert.Equal(HttpStatusCode.TemporaryRedirect, response.StatusCode);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_loop_ends_after_as_many_redirects_as_the_primary_handler_allows()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(_ => Results.Redirect("/loop"));
        await using var byDefault = TestClients.Create(provider, server, h => h.Bearer());
        await using var ofThree = TestClients.Create(provider, server, h => h.Bearer(), after: builder =>
            builder.UseSocketsHttpHandler((handler, _) => handler.MaxAutomaticRedirections = 3));

        using var first = await byDefault.Client.GetAsync("x", Ct);
        Assert.Equal((HttpStatusCode.Found, 51), (first.StatusCode, server.Requests.Count));

        using var second = await ofThree.Client.GetAsync("x", Ct);
        Assert.Equal((HttpStatusCode.Found, 51 + 4), (second.StatusCode, server.Requests.Count));
    }

    [Fact]
    public async Task A_redirect_from_https_to_http_is_not_followed()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var clear = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync(_ => Results.Redirect(clear.Address.AbsoluteUri), https: true);
        await using var clients = TestClients.Create(provider, server, h => h.Bearer(), after: TrustTestCertificate);

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("Bearer s3cret", Assert.Single(server.Requests).Authorization);
        Assert.Empty(clear.Requests);
    }

    [Fact]
    public async Task A_redirect_to_another_scheme_is_not_followed()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(_ => Results.Redirect("ftp://127.0.0.1/x"));
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
    }

    [Fact]
    public async Task A_fragment_is_kept_along_redirects()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(request => request.Path == "/next" ? Results.Ok() : Results.Redirect("/next"));
        await using var clients = TestClients.Create(provider, server, h => h.QueryParameter("api_key"));

        using var response = await clients.Client.GetAsync("x#part", Ct);

        Assert.Equal(new Uri(server.Address, "/next#part"), response.RequestMessage!.RequestUri);
    }

    [Fact]
    public async Task A_client_that_does_not_follow_redirects_still_does_not_and_sees_no_value_in_the_location()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(request => Results.Redirect($"/next{request.Query}"));
        await using var clients = TestClients.Create(provider, server, h => h.QueryParameter("api_key"), after: builder =>
            builder.UseSocketsHttpHandler((handler, _) => handler.AllowAutoRedirect = false));

        using var response = await clients.Client.GetAsync("x?a=1", Ct);

        Assert.Equal(HttpStatusCode.Found, response.StatusCode);
        Assert.Equal("/next?a=1", response.Headers.Location!.OriginalString);
        Assert.Single(server.Requests);
    }

    public static TheoryData<string, Func<HttpMessageHandler>> PrimaryHandlers => new()
    {
        { "HttpClientHandler", static () => new HttpClientHandler() },
        { "SocketsHttpHandler", static () => new SocketsHttpHandler() },
        { "wrapped", static () => new WrappingHandler { InnerHandler = new SocketsHttpHandler() } },
    };

    [Theory]
    [MemberData(nameof(PrimaryHandlers))]
    public async Task Redirects_of_any_known_primary_handler_are_taken_over(string kind, Func<HttpMessageHandler> primary)
    {
        Assert.NotEmpty(kind);
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var elsewhere = await LoopbackServer.StartAsync();
        await using var server = await LoopbackServer.StartAsync(_ => Results.Redirect(elsewhere.Address.AbsoluteUri));
        await using var clients = TestClients.Create(
            provider, server, h => h.Header("X-Api-Key"), after: builder => builder.ConfigurePrimaryHttpMessageHandler(primary));

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Null(Assert.Single(elsewhere.Requests).Header("X-Api-Key"));
    }

    [Fact]
    public async Task A_primary_handler_that_is_returned_again_keeps_its_redirects()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(request => request.Path == "/next" ? Results.Ok() : Results.Redirect("/next"));
        using var shared = new SocketsHttpHandler();
        var chains = 0;
        await using var clients = TestClients.Create(provider, server, h => h.Header("X-Api-Key"), after: builder => builder
            .SetHandlerLifetime(TimeSpan.FromSeconds(1))
            .ConfigurePrimaryHttpMessageHandler(() =>
            {
                Interlocked.Increment(ref chains);
                return shared;
            }));

        var started = TimeProvider.System.GetTimestamp();
        while (chains < 2 && TimeProvider.System.GetElapsedTime(started) < TimeSpan.FromSeconds(20))
        {
            (await clients.CreateClient().GetAsync("x", Ct)).EnsureSuccessStatusCode().Dispose();
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }

        using var response = await clients.CreateClient().GetAsync("x", Ct);
        Assert.Equal((HttpStatusCode.OK, true), (response.StatusCode, chains >= 2));
    }

    [Fact]
    public async Task A_primary_handler_that_was_used_before_and_follows_redirects_is_refused()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();
        using var used = new SocketsHttpHandler();
        var services = new ServiceCollection();
        services.AddKeyedSingleton<IRotatingCredentialProvider>("stripe", provider);
        services.AddHttpClient("other").ConfigurePrimaryHttpMessageHandler(() => used);
        services.AddHttpClient("charges", client => client.BaseAddress = server.Address)
            .ConfigurePrimaryHttpMessageHandler(() => used)
            .AddRotatingCredential("stripe", static h => h.Bearer());
        await using var container = services.BuildServiceProvider();
        var clients = container.GetRequiredService<IHttpClientFactory>();
        await clients.CreateClient("other").GetStringAsync(server.Address, Ct);

        var error = Assert.Throws<InvalidOperationException>(() => clients.CreateClient("charges"));

        Assert.Contains("HttpClient 'charges'", error.Message, StringComparison.Ordinal);
        Assert.Contains("AllowAutoRedirect = false", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Credentials_of_a_primary_handler_that_redirects_would_carry_elsewhere_are_refused()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();

        var error = Assert.Throws<InvalidOperationException>(() => TestClients.Create(
            provider,
            server,
            h => h.Header("X-Api-Key"),
            after: builder => builder.UseSocketsHttpHandler((handler, _) => handler.Credentials = new NetworkCredential("user", "s3cret"))));

        Assert.Contains("CredentialCache", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rejection_after_a_redirect_is_repeated_where_it_happened()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await LoopbackServer.StartAsync(request => (request.Path, request.Authorization) switch
        {
            ("/x", _) => Results.Redirect("/next"),
            (_, "Bearer old") => Results.Ok(),
            _ => Results.Unauthorized(),
        });
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["/x", "/next", "/next"], server.Requests.Select(static request => request.Path));
    }

    [Fact]
    public async Task A_response_that_is_redirected_is_disposed()
    {
        var stub = new StubHandler(static request =>
        {
            var response = new HttpResponseMessage(request.RequestUri!.AbsolutePath == "/next" ? HttpStatusCode.OK : HttpStatusCode.Found);
            response.Headers.Location = new Uri("/next", UriKind.Relative);
            return response;
        });
        using var handler = new Nhi.Rotation.Http.RedirectHandler(maxRedirects: 50) { InnerHandler = stub };
        using var client = new HttpClient(handler) { BaseAddress = new Uri("https://api.example.com") };

        using var response = await client.GetAsync("x", HttpCompletionOption.ResponseHeadersRead, Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([true, false], stub.Bodies.Select(static body => body.IsDisposed));
    }

    [Fact]
    public async Task A_synchronous_send_follows_redirects_too()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync(request => request.Path == "/next" ? Results.Ok() : Results.Redirect("/next"));
        await using var clients = TestClients.Create(provider, server, h => h.Header("X-Api-Key"));
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "x"));

#pragma warning disable xUnit1051, CA1849 // The synchronous send is what is tested.
        using var response = await Task.Run(() => clients.Client.Send(request), Ct);
#pragma warning restore xUnit1051, CA1849

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.All(server.Requests, static received => Assert.Equal("s3cret", received.Header("X-Api-Key")));
    }

    internal static void TrustTestCertificate(IHttpClientBuilder builder) => builder.UseSocketsHttpHandler(static (handler, _) =>
        handler.SslOptions = new SslClientAuthenticationOptions
        {
            RemoteCertificateValidationCallback = static (_, certificate, _, _) =>
            certificate!.GetCertHashString() == LoopbackServer.Certificate.Value.GetCertHashString()
        });

    // Basic hides the value in Base64.
    private static string Everything(ReceivedRequest request)
    {
        var authorization = request.Authorization is { } header && header.StartsWith("Basic ", StringComparison.Ordinal)
            ? System.Text.Encoding.UTF8.GetString(Convert.FromBase64String(header[6..]))
            : request.Authorization;
        return $"{request.Path}{request.Query} {authorization} {string.Join(' ', request.Headers.Where(static h => h.Key != "traceparent").Select(static h => h.Value))}";
    }

    private sealed class WrappingHandler : DelegatingHandler;

    private sealed class Redirect(string location, int status) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = status;
            httpContext.Response.Headers.Location = location;
            return Task.CompletedTask;
        }
    }
}
