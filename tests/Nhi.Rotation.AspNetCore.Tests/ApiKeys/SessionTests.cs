using System.Net.WebSockets;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Tests.ApiKeys;

/// <summary>What was opened with a key goes on after the key has ended, unless it is cut; until then it holds the version.</summary>
public sealed class SessionTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_web_socket_holds_the_version_it_was_opened_with_until_it_is_closed()
    {
        await using var app = await StartAsync();
        using var socket = await OpenSocketAsync(app, ApiKeyApp.Key("acme", 1));
        Assert.Equal(1, Held(app, "v1"));

        await MoveAsync(app);

        var verdict = Assert.Single(app.Ledger.GetRotations("acme")).Verdict;
        Assert.Equal(VerdictKind.StillUsed, verdict.Kind);
        Assert.Contains(verdict.Reasons, reason => Regex.IsMatch(reason, @"^ApiKey \(caller acme at [0-9a-f]{12}\) still holds 1 connection or session opened with it\.$"));
        Assert.Equal("echo", await EchoAsync(socket));

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, Ct);
        await UntilAsync(() => Held(app, "v1") == 0);
        await UntilAsync(() =>
        {
            app.Time.Advance(TimeSpan.FromMinutes(1));
            return Assert.Single(app.Ledger.GetRotations("acme")).Verdict.Kind == VerdictKind.SafeToRevoke;
        });
    }

    [Theory]
    [InlineData("text/event-stream", "text/plain", 1)]
    [InlineData("*/*", "application/grpc", 1)]
    [InlineData("*/*", "application/grpc+proto", 1)]
    [InlineData("*/*", "text/plain", 0)]
    public async Task So_does_a_stream_and_any_other_long_answer_from_when_its_version_is_old(string accept, string content, int heldAtOnce)
    {
        await using var app = await StartAsync();
        using var client = new HttpClient { BaseAddress = app.Address };
        using var answer = await OpenStreamAsync(client, ApiKeyApp.Key("acme", 1), accept, content);
        Assert.Equal(heldAtOnce, Held(app, "v1"));

        await MoveAsync(app);

        await UntilAsync(() => Held(app, "v1") == 1);
        answer.Dispose();
        await UntilAsync(() => Held(app, "v1") == 0);
    }

    [Fact]
    public async Task One_that_is_opened_with_an_old_key_holds_it_from_the_beginning()
    {
        await using var app = await StartAsync();
        await app.RotateAsync("acme", 2);
        using var client = new HttpClient { BaseAddress = app.Address };
        using var answer = await OpenStreamAsync(client, ApiKeyApp.Key("acme", 1));

        Assert.Equal(1, Held(app, "v1"));
    }

    [Fact]
    public async Task A_short_request_holds_nothing()
    {
        await using var app = await StartAsync();
        await app.RotateAsync("acme", 2);

        using var old = await app.SendAsync(ApiKeyApp.Key("acme", 1));
        using var current = await app.SendAsync(ApiKeyApp.Key("acme", 2));

        await UntilAsync(() => Held(app, "v1") + Held(app, "v2") == 0);
    }

    [Fact]
    public async Task A_revocation_cuts_it_and_the_log_says_whose_it_was()
    {
        await using var app = await StartAsync();
        using var socket = await OpenSocketAsync(app, ApiKeyApp.Key("acme", 1));
        using var client = new HttpClient { BaseAddress = app.Address };
        using var answer = await OpenStreamAsync(client, ApiKeyApp.Key("acme", 1));
        await app.RotateAsync("acme", 2);
        using var other = await OpenSocketAsync(app, ApiKeyApp.Key("acme", 2));

        await app.Provider("acme").RevokeAsync("v1", "leaked", Ct);

        await Assert.ThrowsAsync<WebSocketException>(() => EchoAsync(socket));
        await Assert.ThrowsAsync<HttpRequestException>(() => answer.ReadAsStringAsync(Ct));
        await UntilAsync(() => Held(app, "v1") == 0);
        Assert.Equal("echo", await EchoAsync(other));
        var cuts = app.Log.GetSnapshot().Where(entry => entry.Id.Id == 403).ToArray();
        Assert.Equal(2, cuts.Length);
        Assert.All(cuts, cut => Assert.Equal((LogLevel.Warning, "Credential 'acme': a session of client 'acme' at 127.0.0.1 was cut: it was opened with version 'v1', which is Revoked now."), (cut.Level, cut.Message)));
    }

    [Theory]
    [InlineData(SessionEnd.Never, false, false)]
    [InlineData(SessionEnd.AtRevocation, false, true)]
    [InlineData(SessionEnd.AtRetirement, true, true)]
    public async Task The_app_says_when(SessionEnd end, bool isCutAtRetirement, bool isCutAtRevocation)
    {
        await using var retiring = await StartAsync(end);
        await using var revoking = await StartAsync(end);
        using var retired = await OpenSocketAsync(retiring, ApiKeyApp.Key("acme", 1));
        using var revoked = await OpenSocketAsync(revoking, ApiKeyApp.Key("acme", 1));
        await retiring.RotateAsync("acme", 2);

        retiring.Time.Advance(TimeSpan.FromMinutes(61));
        await UntilAsync(() => retiring.Provider("acme").Credentials.Previous.Count == 0);
        await revoking.Provider("acme").RevokeAsync("v1", "leaked", Ct);

        Assert.Equal((isCutAtRetirement, isCutAtRevocation), (await IsCutAsync(retiring, retired), await IsCutAsync(revoking, revoked)));
        if (!isCutAtRetirement)
        {
            var verdict = Assert.Single(retiring.Ledger.GetRotations("acme")).Verdict;
            Assert.Contains(verdict.Reasons, reason => Regex.IsMatch(reason, @"^It has ended, and ApiKey \(caller acme at [0-9a-f]{12}\) still holds 1 connection or session"));
        }
    }

    private static Task<ApiKeyApp> StartAsync(SessionEnd end = SessionEnd.AtRevocation) => ApiKeyApp.StartAsync(
        options =>
        {
            options.AddClient("acme");
            options.CloseSessions = end;
        },
        ["acme"],
        build: null,
        app =>
        {
            app.UseWebSockets();
            app.Map("/echo", EchoAsync).RequireAuthorization();
            app.MapPost("/stream", StreamAsync).RequireAuthorization();
        });

    private static async Task MoveAsync(ApiKeyApp app)
    {
        await app.RotateAsync("acme", 2);
        using var answer = await app.SendAsync(ApiKeyApp.Key("acme", 2));
        Assert.True(answer.IsSuccessStatusCode);
    }

    private static long Held(ApiKeyApp app, string version) => app.Ledger.GetUses("acme").Where(use => use.VersionId == version).Sum(use => use.Held);

    private static async Task<ClientWebSocket> OpenSocketAsync(ApiKeyApp app, string key)
    {
        var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("X-Api-Key", key);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{app.Address.Port}/echo"), Ct);
        return socket;
    }

    private static async Task<HttpContent> OpenStreamAsync(HttpClient client, string key, string accept = "*/*", string content = "text/plain")
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/stream") { Content = new StringContent(string.Empty) };
        request.Content.Headers.ContentType = new(content);
        request.Headers.Add("X-Api-Key", key);
        request.Headers.Add("Accept", accept);
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
        Assert.True(answer.IsSuccessStatusCode);
        return answer.Content;
    }

    private static async Task<string> EchoAsync(ClientWebSocket socket)
    {
        var buffer = new byte[16];
        await socket.SendAsync("echo"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, Ct);
        var read = await socket.ReceiveAsync(buffer, Ct);
        return System.Text.Encoding.UTF8.GetString(buffer, 0, read.Count);
    }

    private static async Task<bool> IsCutAsync(ApiKeyApp app, ClientWebSocket socket)
    {
        try
        {
            await EchoAsync(socket);
            return false;
        }
        catch (WebSocketException)
        {
            Assert.Contains(app.Log.GetSnapshot(), entry => entry.Id.Id == 403);
            return true;
        }
    }

    private static async Task EchoAsync(HttpContext context)
    {
        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        var buffer = new byte[16];
        WebSocketReceiveResult read;
        while ((read = await socket.ReceiveAsync(buffer, context.RequestAborted)).MessageType != WebSocketMessageType.Close)
        {
            await socket.SendAsync(buffer.AsMemory(0, read.Count), read.MessageType, read.EndOfMessage, context.RequestAborted);
        }

        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, context.RequestAborted);
    }

    private static async Task StreamAsync(HttpContext context)
    {
        await context.Response.WriteAsync("first\n", context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        await Task.Delay(Timeout.Infinite, context.RequestAborted);
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            await Task.Delay(5, deadline.Token);
        }
    }
}
