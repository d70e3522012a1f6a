using Azure;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation;

/// <summary>Clients of other libraries that are given a credential, each for as long as the app lives: OAuth, gRPC, the SDKs of Azure and AWS, TLS.</summary>
internal static class ClientUse
{
    public static readonly string[] Names = ["oauth", "rpc", "azure", "aws", "tls"];

    private static readonly Method<string, string> Echo = new(MethodType.Unary, "test.Partner", "Echo", Marshallers.StringMarshaller, Marshallers.StringMarshaller);

    public static void Add(IServiceCollection services, RotatingCredentialsBuilder credentials)
    {
        credentials.AddAzureKeyCredential("azure");

        // Each request asks for a token of its own, so each uses the secret.
        services.AddHttpClient("oauth").AddOAuthClientCredentials("oauth", new Uri("http://127.0.0.1:1/token"), oauth =>
        {
            oauth.ClientId = "app";
            oauth.AllowHosts("http://127.0.0.1");
        });
        services.AddHttpClient("Nhi.Rotation.OAuth").ConfigurePrimaryHttpMessageHandler(static () => new Tokens());
        services.AddHttpClient("tls").ConfigurePrimaryHttpMessageHandler(static () => new SocketsHttpHandler
        {
            SslOptions = { RemoteCertificateValidationCallback = static (_, certificate, _, _) => certificate is not null },
            PooledConnectionLifetime = TimeSpan.Zero,
        });
    }

    public static void Map(WebApplication app)
    {
        var (rpc, aws, azure) = (Of(app, "rpc").ToGrpcInterceptor(), Of(app, "aws").ToAWSCredentials(), app.Services.GetRequiredKeyedService<AzureKeyCredential>("azure"));
        app.MapGet("/clients", async (HttpContext context, IHttpClientFactory clients) =>
        {
            using var oauth = clients.CreateClient("oauth");
            using (await oauth.GetAsync(new Uri($"http://{context.Request.Host}/echo")))
            {
            }

            using var tls = clients.CreateClient("tls");
            using (await tls.GetAsync(new Uri($"{app.Urls.Single(static url => url.StartsWith("https", StringComparison.Ordinal))}/echo")))
            {
            }

            var sent = await CallAsync(rpc);
            var signed = await aws.GetCredentialsAsync();
            return $"{sent}{signed.AccessKey.Length}{azure.GetHashCode()}";
        });
        app.MapGet("/versions", () => string.Join(' ', Names.Select(name => Of(app, name).Current.VersionId)));
    }

    private static IRotatingCredentialProvider Of(IApplicationBuilder app, string name) => app.ApplicationServices.GetRequiredKeyedService<IRotatingCredentialProvider>(name);

    private static async Task<int> CallAsync(Interceptor interceptor)
    {
        using var call = interceptor.AsyncUnaryCall("x", new ClientInterceptorContext<string, string>(Echo, host: null, default), static (_, context) => new AsyncUnaryCall<string>(
            Task.FromResult(context.Options.Headers!.GetValue("authorization")!.Length.ToString(System.Globalization.CultureInfo.InvariantCulture)),
            Task.FromResult(Metadata.Empty),
            static () => Status.DefaultSuccess,
            static () => [],
            static () => { }));
        return int.Parse(await call.ResponseAsync, System.Globalization.CultureInfo.InvariantCulture);
    }

    private sealed class Tokens : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
            Task.FromResult(new HttpResponseMessage { Content = new StringContent("""{"access_token":"token","token_type":"bearer","expires_in":1}""", mediaType: new("application/json")) });
    }
}
