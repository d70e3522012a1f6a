using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Amazon.Runtime;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>The test server is only worth something if it refuses what the real service refuses.</summary>
public sealed class ServerTests
{
    [Theory]
    [InlineData("nothing", HttpStatusCode.OK)]
    [InlineData("body", HttpStatusCode.BadRequest)]
    [InlineData("target", HttpStatusCode.BadRequest)]
    [InlineData("host", HttpStatusCode.BadRequest)]
    [InlineData("date", HttpStatusCode.BadRequest)]
    [InlineData("signature", HttpStatusCode.BadRequest)]
    [InlineData("authorization", HttpStatusCode.BadRequest)]
    public async Task A_request_that_was_changed_after_it_was_signed_is_refused(string changed, HttpStatusCode expected)
    {
        await using var server = await SecretsManagerServer.StartAsync();
        server.Do("CreateSecret", new { Name = "key", SecretString = "one" });
        HttpStatusCode? status = null;
        using var http = new HttpClient(new Tamperer(server.Address, changed, answer => status ??= answer));
        await using var aws = await BackendFixture.StartAsync(config =>
        {
            config.MaxErrorRetry = 0;
            config.HttpClientFactory = new OneClient(http);
        });

        try
        {
            await aws.ListAsync("key");
        }
        catch (BackendException)
        {
        }

        Assert.Equal(expected, status);
    }

    private sealed class Tamperer(Uri server, string change, Action<HttpStatusCode> answered) : DelegatingHandler(new SocketsHttpHandler { UseProxy = false })
    {
        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            request.Headers.Host ??= request.RequestUri!.Host;
            request.RequestUri = server;
            switch (change)
            {
                case "body":
                    var content = new ByteArrayContent(Encoding.UTF8.GetBytes("""{"SecretId":"other"}"""));
                    content.Headers.ContentType = MediaTypeHeaderValue.Parse("application/x-amz-json-1.1");
                    request.Content = content;
                    break;
                case "target":
                    request.Headers.Remove("X-Amz-Target");
                    request.Headers.Add("X-Amz-Target", "secretsmanager.DeleteSecret");
                    break;
                case "host":
                    request.Headers.Host = "secretsmanager.eu-west-1.amazonaws.com.example";
                    break;
                case "date":
                    request.Headers.Remove("X-Amz-Date");
                    request.Headers.Add("X-Amz-Date", DateTimeOffset.UtcNow.AddSeconds(-61).ToString("yyyyMMdd'T'HHmmss'Z'"));
                    break;
                case "signature":
                    var header = request.Headers.NonValidated["Authorization"].ToString();
                    request.Headers.Remove("Authorization");
                    request.Headers.TryAddWithoutValidation("Authorization", header[..^1] + (header[^1] == '0' ? '1' : '0'));
                    break;
                case "authorization":
                    request.Headers.Remove("Authorization");
                    break;
            }

            var response = await base.SendAsync(request, cancellationToken);
            answered(response.StatusCode);
            return response;
        }
    }

    private sealed class OneClient(HttpClient client) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
