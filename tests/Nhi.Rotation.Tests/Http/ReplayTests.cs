using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace Nhi.Rotation.Tests.Http;

public sealed class ReplayTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;

    private const CredentialOutcome Accepted = CredentialOutcome.Accepted;
    private const CredentialOutcome Rejected = CredentialOutcome.Rejected;

    [Fact]
    public async Task A_rejected_request_is_repeated_with_the_previous_version_and_a_refresh_is_asked_for()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        var refresh = new TaskCompletionSource();
        provider.OnRefresh = _ => refresh.Task;
        await using var server = await ServerThatAcceptsAsync("old");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["Bearer new", "Bearer old"], server.Requests.Select(static request => request.Authorization));
        Assert.Equal([("v2", Rejected), ("v1", Accepted)], provider.Reports);
        Assert.Equal((1, 1), (provider.Uses("charges", "v1"), provider.Uses("charges", "v2")));
        Assert.Equal(1, provider.RefreshCalls);
        refresh.SetException(new InvalidOperationException("the backend is down"));
    }

    [Fact]
    public async Task A_rejected_request_waits_for_a_refresh_and_is_repeated_with_what_it_brought()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old");
        provider.OnRefresh = _ =>
        {
            provider.Rotate("v2", "new");
            return Task.CompletedTask;
        };
        await using var server = await ServerThatAcceptsAsync("new");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal([("v1", Rejected), ("v2", Accepted)], provider.Reports);
        Assert.Equal(1, provider.RefreshCalls);
    }

    [Fact]
    public async Task A_version_that_became_current_meanwhile_is_tried_before_anything_else()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v0", "oldest").Rotate("v1", "old");
        await using var server = await LoopbackServer.StartAsync(request =>
        {
            if (request.Authorization == "Bearer new")
            {
                return Results.Ok();
            }

            provider.Rotate("v2", "new");
            return Results.Unauthorized();
        });
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(["Bearer old", "Bearer new"], server.Requests.Select(static request => request.Authorization));
        Assert.Equal(0, provider.RefreshCalls);
    }

    [Fact]
    public async Task A_request_is_sent_with_all_versions_at_hand_and_no_more_often_than_allowed()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "oldest").Rotate("v2", "old").Rotate("v3", "new");
        await using var server = await ServerThatAcceptsAsync("nothing");
        await using var all = TestClients.Create(provider, server, h => h.Bearer());
        await using var two = TestClients.Create(provider, server, h => h.Bearer().MaxAttempts = 2);

        using var response = await all.Client.GetAsync("x", Ct);
        (await two.Client.GetAsync("x", Ct)).Dispose();

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal([("v3", Rejected), ("v2", Rejected), ("v1", Rejected), ("v3", Rejected), ("v2", Rejected)], provider.Reports);
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task A_version_that_was_just_rejected_is_tried_last_but_tried()
    {
        var time = new FakeTimeProvider();
        var provider = new ScriptedProvider("stripe").Rotate("v1", "oldest").Rotate("v2", "old").Rotate("v3", "new");
        var accepted = "oldest";
        await using var server = await LoopbackServer.StartAsync(request => request.Authorization == $"Bearer {accepted}" ? Results.Ok() : Results.Unauthorized());
        await using var clients = TestClients.Create(provider, server, h => h.Bearer(), before: b => b.Services.AddSingleton<TimeProvider>(time));

        Assert.Equal(HttpStatusCode.OK, (await clients.Client.GetAsync("x", Ct)).StatusCode);
        time.Advance(TimeSpan.FromSeconds(1));
        accepted = "old";
        Assert.Equal(HttpStatusCode.OK, (await clients.Client.GetAsync("x", Ct)).StatusCode);

        Assert.Equal(
            ["Bearer new", "Bearer old", "Bearer oldest", "Bearer oldest", "Bearer new", "Bearer old"],
            server.Requests.Select(static request => request.Authorization));
    }

    [Fact]
    public async Task A_previous_version_that_works_is_used_until_the_rejection_of_the_current_one_is_old()
    {
        var time = new FakeTimeProvider();
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await ServerThatAcceptsAsync("old");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer(), before: b => b.Services.AddSingleton<TimeProvider>(time));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await clients.Client.GetAsync("x", Ct)).StatusCode);
        }

        Assert.Equal(4, server.Requests.Count);
        time.Advance(TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, (await clients.Client.GetAsync("x", Ct)).StatusCode);
        Assert.Equal(6, server.Requests.Count);
    }

    [Fact]
    public async Task One_host_does_not_decide_for_another()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var lagging = await ServerThatAcceptsAsync("old");
        await using var rotated = await ServerThatAcceptsAsync("new");
        await using var clients = TestClients.Create(
            provider, lagging, h => h.Bearer().AllowHosts($"http://{lagging.Address.Authority}", $"http://{rotated.Address.Authority}"));

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, (await clients.Client.GetAsync("x", Ct)).StatusCode);
            Assert.Equal(HttpStatusCode.OK, (await clients.Client.GetAsync(new Uri(rotated.Address, "x"), Ct)).StatusCode);
        }

        Assert.Equal((4, 3), (lagging.Requests.Count, rotated.Requests.Count));
    }

    [Fact]
    public async Task A_revoked_version_is_never_tried()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        provider.Revoke("v1");
        await using var server = await ServerThatAcceptsAsync("old");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal(0, provider.Uses("charges", "v1"));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_previous_version_that_cannot_be_sent_is_skipped()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "bro\nken").Rotate("v3", "new");
        await using var server = await ServerThatAcceptsAsync("old");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    public static TheoryData<string, Func<HttpContent>> ReplayableBodies => new()
    {
        { "bytes", static () => new ByteArrayContent("body"u8.ToArray()) },
        { "text", static () => new StringContent("body") },
        { "form", static () => new FormUrlEncodedContent([new("a", "b")]) },
        { "memory", static () => new ReadOnlyMemoryContent("body"u8.ToArray()) },
        { "JSON", static () => JsonContent.Create("body") },
        { "multipart", static () => new MultipartFormDataContent("b") { { new StringContent("body"), "a" }, { new ByteArrayContent([1]), "c" } } },
    };

    [Theory]
    [MemberData(nameof(ReplayableBodies))]
    public async Task A_body_in_memory_is_sent_again_whole(string kind, Func<HttpContent> body)
    {
        Assert.NotEmpty(kind);
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await ServerThatAcceptsAsync("old");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.PostAsync("x", body(), Ct);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(2, server.Requests.Count);
        Assert.NotEmpty(server.Requests[1].Body);
        Assert.Equal(server.Requests[0].Body, server.Requests[1].Body);
        Assert.Equal(server.Requests[0].Header("Content-Type"), server.Requests[1].Header("Content-Type"));
    }

    [Theory]
    [InlineData(8, true)]
    [InlineData(9, false)]
    public async Task A_short_body_of_unknown_kind_is_kept_and_sent_again(int length, bool isRepeated)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await ServerThatAcceptsAsync("old");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer().MaxBufferedBody = 8);
        var body = new SdkContent(new string('x', length), tellsLength: true);

        using var response = await clients.Client.PostAsync("x", body, Ct);

        Assert.Equal(isRepeated ? HttpStatusCode.OK : HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.All(server.Requests, request => Assert.Equal(length, request.Body.Length));
        Assert.Equal(1, body.Reads);
    }

    [Fact]
    public async Task A_body_of_unknown_length_is_not_kept()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await ServerThatAcceptsAsync("old");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.PostAsync("x", new SdkContent("x", tellsLength: false), Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
    }

    public static TheoryData<string, Func<HttpContent>> StreamBodies => new()
    {
        { "stream", static () => new StreamContent(new MemoryStream("body"u8.ToArray())) },
        { "multipart", static () => new MultipartFormDataContent { { new StreamContent(new MemoryStream("body"u8.ToArray())), "a" } } },
    };

    [Theory]
    [MemberData(nameof(StreamBodies))]
    public async Task A_stream_is_not_sent_again_and_the_refresh_is_not_waited_for(string kind, Func<HttpContent> body)
    {
        Assert.NotEmpty(kind);
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        var refresh = new TaskCompletionSource();
        provider.OnRefresh = _ => refresh.Task;
        await using var server = await ServerThatAcceptsAsync("old");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.PostAsync("x", body(), Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("refused", await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(1, provider.RefreshCalls);
        Assert.Equal([("v2", Rejected)], provider.Reports);
        refresh.SetResult();
    }

    [Fact]
    public async Task A_failed_refresh_returns_the_rejection_whole()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "only");
        provider.OnRefresh = static _ => throw new BackendException("stripe", BackendFailure.Unavailable, "it is down", "Wait.");
        await using var server = await ServerThatAcceptsAsync("nothing");
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        Assert.Equal("refused", await response.Content.ReadAsStringAsync(Ct));
        Assert.Equal(1, provider.RefreshCalls);
    }

    [Fact]
    public async Task A_refresh_is_waited_for_no_longer_than_allowed()
    {
        var time = new FakeTimeProvider();
        var provider = new ScriptedProvider("stripe").Rotate("v1", "only");
        var asked = new TaskCompletionSource();
        var refresh = new TaskCompletionSource();
        provider.OnRefresh = _ =>
        {
            asked.SetResult();
            return refresh.Task;
        };
        await using var server = await ServerThatAcceptsAsync("nothing");
        await using var clients = TestClients.Create(
            provider,
            server,
            h => h.Bearer().MaxReplayWait = TimeSpan.FromSeconds(3),
            before: b => b.Services.AddSingleton<TimeProvider>(time));

        var sending = clients.Client.GetAsync("x", Ct);
        await asked.Task;
        while (!sending.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using var response = await sending;
        Assert.Equal(HttpStatusCode.Unauthorized, response.StatusCode);
        refresh.SetException(new InvalidOperationException("too late"));
    }

    [Fact]
    public async Task Cancelling_while_a_refresh_is_waited_for_disposes_the_rejection()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "only");
        var asked = new TaskCompletionSource();
        provider.OnRefresh = async ct =>
        {
            asked.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, ct);
        };
        var stub = new StubHandler(static _ => new HttpResponseMessage(HttpStatusCode.Unauthorized));
        await using var clients = WithStub(provider, stub);
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(Ct);

        var sending = clients.Client.GetAsync("x", cancel.Token);
        await asked.Task;
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => sending);
        Assert.True(Assert.Single(stub.Bodies).IsDisposed);
    }

    [Fact]
    public async Task The_rejection_is_disposed_only_when_the_request_is_repeated()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        var stub = new StubHandler(request => new HttpResponseMessage(
            request.Headers.Authorization!.Parameter == "old" ? HttpStatusCode.OK : HttpStatusCode.Unauthorized));
        await using var clients = WithStub(provider, stub);

        using var replayed = await clients.Client.GetAsync("x", HttpCompletionOption.ResponseHeadersRead, Ct);
        provider.Revoke("v1");
        using var kept = await clients.Client.GetAsync("x", HttpCompletionOption.ResponseHeadersRead, Ct);

        Assert.Equal([true, false, false], stub.Bodies.Select(static body => body.IsDisposed));
        Assert.Equal(HttpStatusCode.Unauthorized, kept.StatusCode);
    }

    [Fact]
    public async Task A_rule_that_throws_disposes_the_response()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "only");
        var stub = new StubHandler(static _ => new HttpResponseMessage(HttpStatusCode.OK));
        await using var clients = WithStub(provider, stub, h => h.RejectedWhen(static _ => throw new TimeZoneNotFoundException()));

        await Assert.ThrowsAsync<TimeZoneNotFoundException>(() => clients.Client.GetAsync("x", Ct));

        Assert.True(Assert.Single(stub.Bodies).IsDisposed);
    }

    [Theory]
    [InlineData(403)]
    [InlineData(404)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task Other_failures_say_nothing_of_the_credential(int status)
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await LoopbackServer.StartAsync(_ => Results.StatusCode(status));
        await using var clients = TestClients.Create(provider, server, h => h.Bearer());

        using var response = await clients.Client.GetAsync("x", Ct);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Empty(provider.Reports);
        Assert.Equal(0, provider.RefreshCalls);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_rule_of_ones_own_replaces_status_401()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await LoopbackServer.StartAsync(static (request, _) => request.Path switch
        {
            "/expired" when request.Authorization == "Bearer new" => Results.StatusCode(419),
            "/unauthorized" => Results.Unauthorized(),
            _ => Results.Ok(),
        });
        await using var clients = TestClients.Create(provider, server, h => h.Bearer().RejectedWhen(static response => (int)response.StatusCode == 419));

        using var expired = await clients.Client.GetAsync("expired", Ct);
        using var unauthorized = await clients.Client.GetAsync("unauthorized", Ct);

        Assert.Equal(HttpStatusCode.OK, expired.StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, unauthorized.StatusCode);
        Assert.Equal([("v2", Rejected), ("v1", Accepted)], provider.Reports);
    }

    [Fact]
    public async Task A_repeated_request_has_its_own_headers_and_query_once()
    {
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old").Rotate("v2", "new");
        await using var server = await LoopbackServer.StartAsync(static (request, _) =>
            request.Query.Contains("key=old", StringComparison.Ordinal) ? Results.Ok() : Results.Unauthorized());
        await using var clients = TestClients.Create(provider, server, h => h.QueryParameter("key"));
        clients.Client.DefaultRequestHeaders.Add("X-Mine", "1");

        (await clients.Client.GetAsync("x?a=1", Ct)).EnsureSuccessStatusCode().Dispose();

        Assert.Equal(["?a=1&key=new", "?a=1&key=old"], server.Requests.Select(static request => request.Query));
        Assert.All(server.Requests, static request => Assert.Equal("1", request.Header("X-Mine")));
    }

    [Fact]
    public async Task A_thousand_rejections_at_once_ask_for_at_most_one_refresh_each_and_are_repeated_once_each()
    {
        const int Requests = 1000;
        var provider = new ScriptedProvider("stripe").Rotate("v1", "old");
        var arrived = 0;
        var all = new TaskCompletionSource();
        var rotated = 0;
        provider.OnRefresh = async _ =>
        {
            await all.Task;
            if (Interlocked.Exchange(ref rotated, 1) == 0)
            {
                provider.Rotate("v2", "new");
            }
        };
        var stub = new StubHandler(request =>
        {
            if (request.Headers.Authorization!.Parameter == "new")
            {
                return new HttpResponseMessage(HttpStatusCode.OK);
            }

            if (Interlocked.Increment(ref arrived) == Requests)
            {
                all.SetResult();
            }

            return new HttpResponseMessage(HttpStatusCode.Unauthorized);
        });
        await using var clients = WithStub(provider, stub, h => h.MaxReplayWait = TimeSpan.FromMinutes(1));

        var responses = await Task.WhenAll(Enumerable.Range(0, Requests).Select(_ => Task.Run(() => clients.Client.GetAsync("x", Ct), Ct)));

        Assert.All(responses, static response => Assert.Equal(HttpStatusCode.OK, response.StatusCode));
        Assert.Equal(2 * Requests, stub.Bodies.Count);
        Assert.Equal(Requests, provider.Reports.Count(static report => report == ("v1", Rejected)));
        Assert.Equal(Requests, provider.Reports.Count(static report => report == ("v2", Accepted)));
        Assert.InRange(provider.RefreshCalls, 1, Requests);
    }

    private static TestClients WithStub(ScriptedProvider provider, StubHandler stub, Action<HttpCredentialOptions>? more = null) =>
        TestClients.Create(
            provider,
            new Uri("https://api.example.com"),
            h =>
            {
                h.Bearer();
                more?.Invoke(h);
            },
            after: builder => builder.ConfigurePrimaryHttpMessageHandler(() => stub));

    private static Task<LoopbackServer> ServerThatAcceptsAsync(string value) => LoopbackServer.StartAsync(request =>
        request.Authorization == $"Bearer {value}" ? Results.Ok() : Results.Text("refused", statusCode: StatusCodes.Status401Unauthorized));

    // As SDKs make them: nobody can tell by its type whether it can be read twice.
    private sealed class SdkContent(string text, bool tellsLength) : HttpContent
    {
        public int Reads { get; private set; }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            Reads++;
            await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text));
        }

        protected override bool TryComputeLength(out long length)
        {
            length = text.Length;
            return tellsLength;
        }
    }
}
