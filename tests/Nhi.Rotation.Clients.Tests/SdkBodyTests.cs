using System.ClientModel;
using System.ClientModel.Primitives;
using System.Collections.Concurrent;
using Azure;
using Azure.Core.Pipeline;
using Azure.Messaging.EventGrid;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using OpenAI;

namespace Nhi.Rotation.Clients.Tests;

/// <summary>SDKs whose bodies are of kinds of their own, over the HttpClient integration, while the service refuses the new key.</summary>
public sealed class SdkBodyTests
{
    private const string Answer = """
        {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"hello"}}],
        "usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}
        """;

    private readonly ConcurrentQueue<(string Key, string Body)> _seen = [];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_request_of_the_OpenAI_library_is_repeated()
    {
        await using var server = await ServeAsync("Authorization", "Bearer first", Answer);
        await using var app = Start(server, http => http.Bearer().Replaces());
        await app.Key.GetCurrentAsync(Ct);
        await app.RotateAsync("second");

        var answer = await Chat(app, server).CompleteChatAsync(["what is up?"], cancellationToken: Ct);

        Assert.Equal("hello", answer.Value.Content[0].Text);
        AssertRepeated("Bearer second", "Bearer first", "what is up?");
        Assert.DoesNotContain(app.Log.GetSnapshot(), static line => line.Id.Id == 301);
    }

    [Fact]
    public async Task A_request_of_the_OpenAI_library_is_repeated_where_the_service_rotates_first()
    {
        await using var server = await ServeAsync("Authorization", "Bearer second", Answer);
        await using var app = Start(server, http => http.Bearer().Replaces());
        await app.Key.GetCurrentAsync(Ct);
        app.Backend.Add("key", "second");

        var answer = await Chat(app, server).CompleteChatAsync(["what is up?"], cancellationToken: Ct);

        Assert.Equal("hello", answer.Value.Content[0].Text);
        AssertRepeated("Bearer first", "Bearer second", "what is up?");
    }

    [Theory]
    [InlineData(64 * 1024, false)]
    [InlineData(128 * 1024, true)]
    public async Task A_long_request_is_repeated_up_to_the_length_that_may_be_kept(int maxBufferedBody, bool isRepeated)
    {
        await using var server = await ServeAsync("Authorization", "Bearer first", Answer);
        await using var app = Start(server, http => http.Bearer().Replaces().MaxBufferedBody = maxBufferedBody);
        await app.Key.GetCurrentAsync(Ct);
        await app.RotateAsync("second");

        var asking = Chat(app, server).CompleteChatAsync([new string('x', 100_000)], cancellationToken: Ct);

        Assert.Equal(isRepeated ? 200 : 401, isRepeated ? (await asking).GetRawResponse().Status : (await Assert.ThrowsAsync<ClientResultException>(() => asking)).Status);
        Assert.Equal(isRepeated ? 2 : 1, _seen.Count);
    }

    [Fact]
    public async Task A_request_of_an_Azure_library_is_repeated()
    {
        await using var server = await ServeAsync("aeg-sas-key", "first", answer: string.Empty);
        await using var app = Start(server, http => http.Header("aeg-sas-key").Replaces());
        await app.Key.GetCurrentAsync(Ct);
        await app.RotateAsync("second");
        var events = new EventGridPublisherClient(
            new Uri($"{server.Urls.First()}/api/events"),
            new AzureKeyCredential("of the library"),
            new EventGridPublisherClientOptions { Transport = new HttpClientTransport(Client(app)), Retry = { MaxRetries = 0 } });

        var response = await events.SendEventAsync(new EventGridEvent("subject", "type", "1.0", BinaryData.FromObjectAsJson("what is up?")), Ct);

        Assert.Equal(200, response.Status);
        AssertRepeated("second", "first", "what is up?");
        Assert.DoesNotContain(app.Log.GetSnapshot(), static line => line.Id.Id == 301);
    }

    private void AssertRepeated(string refused, string accepted, string text)
    {
        Assert.Equal([refused, accepted], _seen.Select(static one => one.Key));
        Assert.Contains(text, _seen.First().Body, StringComparison.Ordinal);
        Assert.Equal(_seen.First().Body, _seen.Last().Body);
    }

    private static OpenAI.Chat.ChatClient Chat(TestApp app, WebApplication server) => new(
        "m",
        new ApiKeyCredential("of the library"),
        new OpenAIClientOptions
        {
            Endpoint = new Uri(server.Urls.First()),
            Transport = new HttpClientPipelineTransport(Client(app)),
            RetryPolicy = new ClientRetryPolicy(maxRetries: 0),
        });

    private static HttpClient Client(TestApp app) => app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("sdk");

    private static TestApp Start(WebApplication server, Action<HttpCredentialOptions> configure) => new(
        "first", credentials => credentials.Services.AddHttpClient("sdk", http => http.BaseAddress = new Uri(server.Urls.First())).AddRotatingCredential("key", configure));

    private Task<WebApplication> ServeAsync(string header, string accepted, string answer) => TestApp.ServeAsync(async context =>
    {
        using var reader = new StreamReader(context.Request.Body);
        var key = context.Request.Headers[header].ToString();
        _seen.Enqueue((key, await reader.ReadToEndAsync(Ct)));
        if (key != accepted)
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return;
        }

        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer, Ct);
    });
}
