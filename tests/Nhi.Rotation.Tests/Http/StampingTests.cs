using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Tests.Http;

public sealed class StampingTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Bearer_sends_the_value_as_a_bearer_token()
    {
        var request = await SendAsync("s3cret", h => h.Bearer());
        Assert.Equal("Bearer s3cret", request.Authorization);
    }

    [Theory]
    [InlineData(null, "s3cret")]
    [InlineData("Token ", "Token s3cret")]
    public async Task A_header_has_the_prefix_and_the_value(string? prefix, string expected)
    {
        var request = await SendAsync("s3cret", h => h.Header("X-Api-Key", prefix));
        Assert.Equal(expected, request.Header("X-Api-Key"));
        Assert.Null(request.Authorization);
    }

    [Fact]
    public async Task Basic_with_a_user_name_sends_the_value_as_password()
    {
        var request = await SendAsync("pässword", h => h.Basic("user"));
        Assert.Equal("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:pässword")), request.Authorization);
    }

    [Fact]
    public async Task Basic_without_a_user_name_takes_both_from_the_JSON_value()
    {
        var request = await SendAsync("""{"username":"user","password":"p:w"}""", h => h.Basic());
        Assert.Equal("Basic " + Convert.ToBase64String("user:p:w"u8), request.Authorization);
    }

    [Theory]
    [InlineData("""{"host":"HOST","port":PORT,"username":"user","password":"p:w"}""")]
    [InlineData("""{"host":"HOST","username":"user","password":"p:w"}""")]
    [InlineData("http://user:p%3Aw@HOST:PORT/")]
    [InlineData("https://user:p%3Aw@HOST")]
    [InlineData("Server=HOST;User Id=user;Password=p:w")]
    public async Task Basic_sends_a_login_to_the_server_that_its_value_names(string value)
    {
        var provider = new ScriptedProvider("stripe");
        await using var server = await LoopbackServer.StartAsync();
        provider.Rotate("v1", Named(value, server));
        await using var clients = TestClients.Create(provider, server, h => h.Basic());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal("Basic " + Convert.ToBase64String("user:p:w"u8), Assert.Single(server.Requests).Authorization);
    }

    [Theory]
    [InlineData("""{"host":"c4nary","username":"user","password":"p:w"}""", "another server")]
    [InlineData("""{"host":"HOST","port":1,"username":"user","password":"p:w"}""", "another server")]
    [InlineData("https://user:p%3Aw@c4nary/", "another server")]
    [InlineData("https://user:p%3Aw@HOST/c4nary", "a database or a path")]
    public async Task Basic_sends_no_login_to_another_server_than_its_value_names_unless_told_to(string value, string cause)
    {
        var provider = new ScriptedProvider("stripe");
        await using var server = await LoopbackServer.StartAsync();
        provider.Rotate("v1", Named(value, server));
        await using var strict = TestClients.Create(provider, server, h => h.Basic());
        await using var lax = TestClients.Create(provider, server, h => h.Basic(ServerInValue.Ignore));

        var error = await Assert.ThrowsAsync<CredentialFormatException>(() => strict.Client.GetAsync("x", Ct));
        Assert.Contains($"'v1' names {cause}", error.Cause, StringComparison.Ordinal);
        Assert.DoesNotContain("c4nary", error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);

        using var response = await lax.Client.GetAsync("x", Ct);
        Assert.Equal("Basic " + Convert.ToBase64String("user:p:w"u8), Assert.Single(server.Requests).Authorization);
    }

    [Fact]
    public void Basic_cannot_go_where_the_value_says() =>
        Assert.Contains("ServerInValue.Use", Assert.Throws<ArgumentException>(() => new HttpCredentialOptions().Basic(ServerInValue.Use)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("x", "?api_key=s3%26c%3Dret")]
    [InlineData("x?a=1&b=%20#part", "?a=1&b=%20&api_key=s3%26c%3Dret")]
    [InlineData("x?api_key=mine&a=1", "?a=1&api_key=s3%26c%3Dret")]
    [InlineData("x?api%5Fkey=mine", "?api_key=s3%26c%3Dret")]
    public async Task A_query_parameter_is_escaped_and_replaces_one_of_its_name(string address, string expected)
    {
        var request = await SendAsync("s3&c=ret", h => h.QueryParameter("api_key"), address);
        Assert.Equal(expected, request.Query);
    }

    [Fact]
    public async Task A_stamp_of_ones_own_gets_request_and_version()
    {
        var request = await SendAsync("s3cret", h => h.Stamp(static (request, credential) =>
            request.Headers.Add("X-Signature", $"{request.Method} {credential.VersionId} {credential.Reveal().Length}")));
        Assert.Equal("GET v1 6", request.Header("X-Signature"));
    }

    public static TheoryData<Action<HttpCredentialOptions>> EveryWay => new(
        h => h.Bearer(),
        h => h.Header("X-Api-Key"),
        h => h.Basic("user"),
        h => h.QueryParameter("api_key"),
        h => h.Stamp(static (request, credential) =>
        {
            request.Headers.Remove("X-Mine");
            request.Headers.Add("X-Signature", credential.Reveal());
            request.RequestUri = new Uri(request.RequestUri + "&signed=1");
        }));

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_request_is_counted_as_one_use_by_its_client(Action<HttpCredentialOptions> way)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, way);

        for (var i = 0; i < 3; i++)
        {
            await clients.Client.GetStringAsync("x?a=1", Ct);
        }

        Assert.Equal(3, provider.Uses("charges", "v1"));
        Assert.Equal(Enumerable.Repeat(("v1", CredentialOutcome.Answered), 3), provider.Reports);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task The_request_is_as_its_sender_made_it_when_the_response_comes_back(Action<HttpCredentialOptions> way)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, way);
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "x?a=1#part"));
        request.Headers.Add("X-Mine", ["1", "2"]);
        request.Headers.UserAgent.ParseAdd("tests/1.0 (linux)");
        var before = request.ToString();

        using var response = await clients.Client.SendAsync(request, Ct);

        // The primary handler adds it while somebody listens to activities, as another test may.
        request.Headers.Remove("traceparent");
        Assert.Equal(before, response.RequestMessage!.ToString());
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task The_next_request_after_a_rotation_has_the_new_version(Action<HttpCredentialOptions> way)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old-value");
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, way);

        await clients.Client.GetStringAsync("x?a=1", Ct);
        provider.Rotate("v2", "new-value");
        await clients.Client.GetStringAsync("x?a=1", Ct);

        Assert.Equal([("v1", CredentialOutcome.Answered), ("v2", CredentialOutcome.Answered)], provider.Reports);
        Assert.Equal((1, 1), (provider.Uses("charges", "v1"), provider.Uses("charges", "v2")));
        Assert.NotEqual(Presented(server.Requests[0]), Presented(server.Requests[1]));
    }

    [Fact]
    public async Task A_handler_chain_that_is_built_again_derives_nothing_again()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();
        var chains = 0;
        await using var clients = TestClients.Create(provider, server, h => h.Bearer(), after: builder => builder
            .SetHandlerLifetime(TimeSpan.FromSeconds(1))
            .AddHttpMessageHandler(() =>
            {
                Interlocked.Increment(ref chains);
                return new PassThroughHandler();
            }));

        var deadline = TimeProvider.System.GetTimestamp();
        while (chains < 2 && TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(20))
        {
            await clients.CreateClient().GetStringAsync("x", Ct);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Ct);
        }

        Assert.True(chains >= 2);
        Assert.Equal(1, provider.Derivations);
    }

    [Fact]
    public async Task A_header_set_by_hand_is_replaced_and_warned_of_once()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        clients.Client.DefaultRequestHeaders.Authorization = new("Bearer", "by-hand");

        await clients.Client.GetStringAsync("x", Ct);
        await clients.Client.GetStringAsync("x", Ct);

        Assert.All(server.Requests, static request => Assert.Equal("Bearer s3cret", request.Authorization));
        var warning = Assert.Single(clients.Log.GetSnapshot(), static record => record.Id.Id == 301);
        Assert.DoesNotContain("by-hand", warning.Message, StringComparison.Ordinal);
        Assert.Contains("Replaces()", warning.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_header_that_is_meant_to_be_replaced_is_not_warned_of()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, h => h.Bearer().Replaces());
        clients.Client.DefaultRequestHeaders.Authorization = new("Bearer", "by-the-SDK");

        await clients.Client.GetStringAsync("x", Ct);

        Assert.Equal("Bearer s3cret", Assert.Single(server.Requests).Authorization);
        Assert.DoesNotContain(clients.Log.GetSnapshot(), static record => record.Id.Id == 301);
    }

    [Theory]
    [InlineData("line\nbreak", "a line break")]
    [InlineData("carriage\r\nX-Injected: 1", "a line break")]
    [InlineData("nul\0byte", "a control character")]
    [InlineData("del\u007Fete", "a control character")]
    [InlineData("t\tab", "a control character")]
    [InlineData("naïve", "a character outside ASCII")]
    [InlineData("trailing ", "a space at its start or end")]
    public async Task A_value_that_a_header_cannot_carry_is_refused_without_showing_it(string value, string cause)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", value);
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, h => h.Header("X-Api-Key"));

        var error = await Assert.ThrowsAsync<CredentialFormatException>(() => clients.Client.GetAsync("x", Ct));

        Assert.Contains("Credential 'stripe'", error.Message, StringComparison.Ordinal);
        Assert.Contains(cause, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(value, error.ToString(), StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_new_version_that_cannot_be_sent_leaves_the_last_good_one_in_use()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "s3cret");
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        await clients.Client.GetStringAsync("x", Ct);

        provider.Rotate("v2", "bro\nken");
        await clients.Client.GetStringAsync("x", Ct);

        Assert.All(server.Requests, static request => Assert.Equal("Bearer s3cret", request.Authorization));
        Assert.Equal(2, provider.Uses("charges", "v1"));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("[]")]
    [InlineData("""{"username":"u"}""")]
    [InlineData("""{"username":"","password":"s3cret"}""")]
    [InlineData("""{"username":1,"password":"s3cret"}""")]
    [InlineData("""{"username":"u","password":"\ud800"}""")]
    [InlineData("""{"username":"u:x","password":"s3cret"}""")]
    [InlineData("""{"username":"u","password":"s3\ncret"}""")]
    public async Task A_JSON_value_without_a_sendable_user_and_password_is_refused_without_showing_it(string value)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", value);
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, h => h.Basic());

        var error = await Assert.ThrowsAsync<CredentialFormatException>(() => clients.Client.GetAsync("x", Ct));

        Assert.StartsWith("Credential 'stripe'", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3", error.ToString(), StringComparison.Ordinal);
        Assert.Null(error.InnerException);
    }

    [Fact]
    public async Task A_request_before_the_first_load_waits_for_it()
    {
        var provider = new ScriptedProvider("stripe");
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        var sending = clients.Client.GetStringAsync("x", Ct);
        Assert.False(sending.IsCompleted);
        provider.Rotate("v1", "s3cret");
        await sending;

        Assert.Equal("Bearer s3cret", Assert.Single(server.Requests).Authorization);
        Assert.Equal(1, provider.Uses("charges", "v1"));
    }

    [Fact]
    public async Task Cancelling_ends_the_wait_for_the_first_load()
    {
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(new ScriptedProvider("stripe"), server, h => h.Bearer());
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var sending = clients.Client.GetStringAsync("x", cancel.Token);
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_synchronous_send_is_stamped_and_repeated_too()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await LoopbackServer.StartAsync(request =>
            request.Authorization == "Bearer old" ? Results.Ok() : Results.Unauthorized());
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(server.Address, "x"));

#pragma warning disable xUnit1051, CA1849 // The synchronous send is what is tested.
        using var response = await Task.Run(() => clients.Client.Send(request), Ct);
#pragma warning restore xUnit1051, CA1849

        Assert.True(response.IsSuccessStatusCode);
        Assert.Equal(["Bearer new", "Bearer old"], server.Requests.Select(static request => request.Authorization));
        Assert.False(request.Headers.Contains("Authorization"));
    }

    private static string Named(string value, LoopbackServer server) =>
        value.Replace("HOST", server.Address.Host, StringComparison.Ordinal).Replace("PORT", $"{server.Address.Port}", StringComparison.Ordinal);

    private static string Presented(ReceivedRequest request) =>
        $"{request.Authorization}|{request.Header("X-Api-Key")}|{request.Header("X-Signature")}|{request.Query}";

    private static async Task<ReceivedRequest> SendAsync(string value, Action<HttpCredentialOptions> configure, string address = "x")
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", value);
        await using var server = await LoopbackServer.StartAsync();
        await using var clients = TestClients.Create(provider, server, configure);
        using var response = await clients.Client.GetAsync(address, Ct);
        Assert.True(response.IsSuccessStatusCode);
        return Assert.Single(server.Requests);
    }

    private sealed class PassThroughHandler : DelegatingHandler;
}
