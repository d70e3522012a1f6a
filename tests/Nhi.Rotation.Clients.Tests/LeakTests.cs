using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.Runtime;
using Amazon.SQS;
using Amazon.SQS.Model;
using Azure;
using Azure.Core;
using Azure.Core.Pipeline;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Grpc.Net.Client;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Tests.Leaks;

namespace Nhi.Rotation.Clients.Tests;

/// <summary>Canary values go through every client, with a rotation, a rejection, a malformed version and a failure; they come out nowhere but on the wire.</summary>
[Collection(LeakCollection.Name)]
public sealed class LeakTests
{
    private static readonly CancellationToken Ct = TestContext.Current.CancellationToken;
    private static readonly JsonSerializerOptions Json = new() { IncludeFields = true, ReferenceHandler = ReferenceHandler.IgnoreCycles };

    private readonly Output _output = new();

    [Fact]
    public async Task Grpc_shows_none()
    {
        using var ears = new Ears(_output);
        await using var server = await GrpcTests.ServeAsync();
        await using var app = new TestApp(Canary.Plain.Text);
        await app.Key.GetCurrentAsync(Ct);
        var accepted = server.Services.GetRequiredService<GrpcTests.Accepted>();
        var interceptor = app.Key.ForConsumer("greeter").ToGrpcInterceptor();
        var loggers = app.Services.GetRequiredService<ILoggerFactory>();
        using var channel = GrpcChannel.ForAddress(server.Urls.First(), new GrpcChannelOptions { LoggerFactory = loggers });
        var calls = channel.Intercept(interceptor);
        accepted.Tokens = [$"Bearer {Canary.Plain.Text}"];
        await GrpcTests.CallAsync(calls);
        await app.RotateAsync(Canary.Newer.Text);

        await GrpcTests.CallAsync(calls);
        accepted.Tokens = [];
        _output.Add("rejection", await Assert.ThrowsAsync<RpcException>(() => GrpcTests.CallAsync(calls)));
        _output.Add("rejection", await Assert.ThrowsAsync<RpcException>(() => GrpcTests.ServerStreamAsync(calls)));
        await MalformAsync(app, $"{Canary.Newer.Text}\nX: 1");
        _output.Add("malformed", await Assert.ThrowsAsync<CredentialFormatException>(() => GrpcTests.CallAsync(calls)));

        Look(ears, app, interceptor);
        _output.AssertSilent("rejection", "malformed", "log Grpc.Net.Client", "log Nhi.Rotation 116", "event System.Net.Http", "activity Grpc.Net.Client", "metric nhi.credential.rejections", "ToString of RotatingCredentialInterceptor");
    }

    [Fact]
    public async Task Azure_shows_none()
    {
        using var ears = new Ears(_output);
        await using var server = await TestApp.ServeAsync(context =>
        {
            context.Response.StatusCode = 401;
            return Task.CompletedTask;
        });
        await using var app = new TestApp(Canary.Plain.Text, credentials => credentials.AddAzureKeyCredential("key").AddAzureSasCredential("key").AddAzureNamedKeyCredential("key", "account"));
        var key = app.Services.GetRequiredKeyedService<AzureKeyCredential>("key");
        var named = app.Services.GetRequiredKeyedService<AzureNamedKeyCredential>("key");
        var signature = app.Services.GetRequiredKeyedService<AzureSasCredential>("key");
        var pipeline = HttpPipelineBuilder.Build(new Options(), new KeyPolicy(key));
        await app.RotateAsync(Canary.Newer.Text);

        using var request = pipeline.CreateRequest();
        request.Uri.Reset(new Uri(server.Urls.First()));
        using var response = await pipeline.SendRequestAsync(request, Ct);
        _output.Add("rejection", new RequestFailedException(response));
        await MalformAsync(app, $"{Canary.Newer.Text}\r\nX: 1");
        _output.Add("malformed", Assert.Throws<CredentialFormatException>(() => app.Key.ToAzureSasCredential()));
        _output.Add("malformed", Assert.Throws<CredentialFormatException>(() => app.Key.ToAzureNamedKeyCredential("account")));

        Look(ears, app, key, named, signature);
        _output.AssertSilent("rejection", "malformed", "log Nhi.Rotation 117", "event Azure-Core", "ToString of AzureSasCredential");
    }

    [Theory]
    [InlineData(OAuthClientAuthentication.Basic)]
    [InlineData(OAuthClientAuthentication.Post)]
    public async Task Oauth_shows_none(OAuthClientAuthentication authentication)
    {
        using var ears = new Ears(_output);
        var mode = "accept";
        await using var server = await TestApp.ServeAsync(async context =>
        {
            using var reader = new StreamReader(context.Request.Body);
            var sent = $"{context.Request.Headers.Authorization} {await reader.ReadToEndAsync(Ct)} {Canary.Plain.Text} {Canary.Newer.Text}";
            if (context.Request.Path != "/token")
            {
                context.Response.StatusCode = mode == "api" ? 401 : 200;
                return;
            }

            // A token is a secret too. What is refused is echoed wherever an answer has room for it.
            context.Response.StatusCode = mode switch { "accept" or "api" => 200, "fail" => 503, "garbage" => 200, _ => 400 };
            await context.Response.WriteAsync(mode switch
            {
                "accept" or "api" => $$"""{"access_token":"{{Canary.Password.Text}}","token_type":"Bearer","expires_in":0}""",
                "garbage" or "fail" => sent,
                "odd" => JsonSerializer.Serialize(new { error = sent, error_description = sent, error_uri = sent }),
                _ => JsonSerializer.Serialize(new { error = "invalid_client", error_description = sent, error_uri = sent }),
            });
        });
        var address = new Uri(server.Urls.First());
        string Value(Canary canary, string field = "client_secret") => JsonSerializer.Serialize(new Dictionary<string, string> { ["client_id"] = "app", [field] = canary.Text });
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider(DateTimeOffset.UtcNow);
        await using var app = new TestApp(Value(Canary.Plain), credentials => credentials.Services
            .AddSingleton<TimeProvider>(time)
            .AddHttpClient("client", client => client.BaseAddress = address).RedactLoggedHeaders(static _ => false)
            .AddOAuthClientCredentials("key", new Uri(address, "/token"), options => options.Authentication = authentication));
        using var client = app.Services.GetRequiredService<IHttpClientFactory>().CreateClient("client");
        await app.Key.GetCurrentAsync(Ct);
        await app.RotateAsync(Value(Canary.Newer));

        foreach (var what in new[] { "accept", "api", "fail", "garbage", "odd", "refuse" })
        {
            mode = what;
            try
            {
                using var response = await client.GetAsync(new Uri("/api", UriKind.Relative), Ct);
                _output.Add(what, $"{response} {response.RequestMessage}");
            }
            catch (Exception error)
            {
                _output.Add(what, error);
            }

            time.Advance(TimeSpan.FromHours(2));
        }

        await MalformAsync(app, Value(Canary.Newer, "secret"));
        _output.Add("malformed", await Assert.ThrowsAsync<CredentialFormatException>(() => client.GetAsync(new Uri("/api", UriKind.Relative), Ct)));
        await server.StopAsync(Ct);

        Look(ears, app, Handlers(app.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler("client")));
        _output.AssertSilent(
            "accept", "api", "fail, HttpRequestException", "garbage, HttpRequestException", "odd, HttpRequestException", "refuse, CredentialUnavailableException",
            "malformed", "log Nhi.Rotation.Http 540", "log System.Net.Http.HttpClient.client", "event System.Net.Http", "activity System.Net.Http", "ToString of TokenCache", "ToString of TokenRequester");
    }

    [Fact]
    public async Task Aws_shows_none()
    {
        using var ears = new Ears(_output);
        await using var server = await TestApp.ServeAsync(async context =>
        {
            context.Response.StatusCode = 403;
            await context.Response.WriteAsync("""{"__type":"com.amazonaws.sqs#InvalidSignatureException","message":"no"}""");
        });
        static string Value(Canary canary, string field = "SecretAccessKey") =>
            JsonSerializer.Serialize(new Dictionary<string, string> { ["AccessKeyId"] = "AKID" + canary.Text.Length + field.Length, [field] = canary.Text, ["SessionToken"] = Canary.Password.Text });
        await using var app = new TestApp(Value(Canary.Plain));
        await app.Key.GetCurrentAsync(Ct);
        var credentials = app.Key.ToAWSCredentials();
        using var client = new AmazonSQSClient(credentials, new AmazonSQSConfig { ServiceURL = server.Urls.First(), AuthenticationRegion = "eu-west-1", MaxErrorRetry = 0 });
        await app.RotateAsync(Value(Canary.Newer));

        _output.Add("rejection", await Assert.ThrowsAnyAsync<AmazonServiceException>(() => client.ListQueuesAsync(new ListQueuesRequest(), Ct)));
        _output.Add("rejection", await Assert.ThrowsAnyAsync<AmazonServiceException>(() => client.ListQueuesAsync(new ListQueuesRequest(), Ct)));
        Look(ears, app, credentials);
        await MalformAsync(app, Value(Canary.Newer, "Secret"));
        _output.Add("malformed", await Assert.ThrowsAsync<CredentialFormatException>(() => client.ListQueuesAsync(new ListQueuesRequest(), Ct)));

        Look(ears, app, credentials);
        _output.Add("JSON", JsonSerializer.Serialize(credentials, Json));
        _output.AssertSilent("rejection", "malformed", "log Nhi.Rotation 116", "event System.Net.Http", "metric nhi.credential.rejections", "ToString of RotatingAWSCredentials");
    }

    // A version that cannot be used, and none beside it that could stand in.
    private static async Task MalformAsync(TestApp app, string value)
    {
        var others = app.Key.Credentials;
        await app.RotateAsync(value);
        foreach (var other in others.Presentable)
        {
            await app.Key.RevokeAsync(other.VersionId, "leaked", Ct);
        }
    }

    private static object[] Handlers(HttpMessageHandler? handler)
    {
        var all = new List<object>();
        for (; handler is not null; handler = (handler as DelegatingHandler)?.InnerHandler)
        {
            all.Add(handler);
        }

        return [.. all];
    }

    private void Look(Ears ears, TestApp app, params object[] roots)
    {
        ears.Collect();
        _output.Add("app", app.Log);
        DebuggerWalk.Open(_output, [app.Key, .. roots]);
    }

    private sealed class Options : ClientOptions;

    private sealed class KeyPolicy(AzureKeyCredential key) : HttpPipelineSynchronousPolicy
    {
        public override void OnSendingRequest(HttpMessage message) => message.Request.Headers.SetValue("api-key", key.Key);
    }
}
