using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Recipes.Tests.Servers;
using Nhi.Rotation.Testing;
using Yarp.ReverseProxy.Configuration;

namespace Nhi.Rotation.Recipes.Tests;

/// <summary>A caller, a real reverse proxy that stamps the backend's key, and a backend that refuses keys during a rotation.</summary>
public sealed class YarpTests
{
    private const string Body = """{"order":7}""";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_key_that_the_backend_does_not_know_yet_is_not_the_callers_business()
    {
        await using var backend = await KeyedServer.StartAsync("X-Api-Key");
        await using var proxy = await StartProxyAsync(backend, "first");
        backend.Accept("first");
        await RotateAsync(proxy, "second");

        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy, new StringContent(Body)));

        Assert.Equal(["second", "first"], backend.Presented);
        Assert.Equal(Body, Encoding.UTF8.GetString(Assert.Single(backend.Bodies)));
    }

    [Fact]
    public async Task A_backend_that_rotates_first_is_not_the_callers_business()
    {
        await using var backend = await KeyedServer.StartAsync("X-Api-Key");
        await using var proxy = await StartProxyAsync(backend, "first");
        Store(proxy).Add("orders-key", "second");
        backend.Accept("second");

        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy, new StringContent(Body)));

        Assert.Equal(["first", "second"], backend.Presented);
        Assert.Equal(Body, Encoding.UTF8.GetString(Assert.Single(backend.Bodies)));
    }

    [Fact]
    public async Task A_streamed_body_is_sent_once_and_the_next_request_is_right()
    {
        await using var backend = await KeyedServer.StartAsync("X-Api-Key");
        await using var proxy = await StartProxyAsync(backend, "first");
        backend.Accept("first");
        await RotateAsync(proxy, "second");

        Assert.Equal(HttpStatusCode.Unauthorized, await PostAsync(proxy, new StreamedContent(Body)));
        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy, new StreamedContent(Body)));

        Assert.Equal(["second", "first"], backend.Presented);
    }

    [Fact]
    public async Task A_header_of_the_caller_in_the_keys_place_does_not_reach_the_backend()
    {
        await using var backend = await KeyedServer.StartAsync("X-Api-Key");
        await using var proxy = await StartProxyAsync(backend, "first");
        backend.Accept("first");
        using var content = new StringContent(Body);
        content.Headers.Add("X-Api-Key", "the caller's");

        Assert.Equal(HttpStatusCode.OK, await PostAsync(proxy, content));

        Assert.Equal(["first"], backend.Presented);
    }

    [Fact]
    public async Task A_client_without_a_credential_cannot_be_put_into_a_proxy()
    {
        await using var backend = await KeyedServer.StartAsync("X-Api-Key");
        await using var proxy = await StartProxyAsync(backend, "first");
        using var handler = new SocketsHttpHandler();

        var error = Assert.Throws<InvalidOperationException>(() => proxy.Services.PresentCredentialsOf("other", handler));

        Assert.Contains("HttpClient 'other' presents no credential", error.Message, StringComparison.Ordinal);
    }

    private static FakeCredentialBackend Store(WebApplication proxy) => proxy.Services.GetRequiredService<FakeCredentialBackend>();

    private static async Task RotateAsync(WebApplication proxy, string key)
    {
        Store(proxy).Add("orders-key", key);
        await proxy.Services.GetRequiredKeyedService<IRotatingCredentialProvider>("orders-key").RefreshAsync(RefreshReason.Requested, Ct);
    }

    private static async Task<HttpStatusCode> PostAsync(WebApplication proxy, HttpContent body)
    {
        using var client = new HttpClient();
        using var response = await client.PostAsync(new Uri($"{proxy.Urls.First()}/orders"), body, Ct);
        return response.StatusCode;
    }

    private static async Task<WebApplication> StartProxyAsync(KeyedServer backend, string key)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static options => options.Listen(IPAddress.Loopback, 0));
        var store = new FakeCredentialBackend(TimeProvider.System);
        store.Add("orders-key", key);
        builder.Services.AddSingleton(store);
        builder.Services.AddRotatingCredentials().AddCredential("orders-key", credential => credential.UseBackend("orders-key", _ => store));
        builder.Services.AddReverseProxy().LoadFromMemory(
            [new RouteConfig { RouteId = "orders", ClusterId = "orders", Match = new RouteMatch { Path = "/orders" } }],
            [new ClusterConfig { ClusterId = "orders", Destinations = new Dictionary<string, DestinationConfig> { ["one"] = new() { Address = backend.Address } } }]);
        OrdersForwarder.Add(builder.Services, backend.Host);
        var proxy = builder.Build();
        proxy.MapReverseProxy();
        await proxy.StartAsync(Ct);
        return proxy;
    }

    /// <summary>Sent in chunks, as its length is not known.</summary>
    private sealed class StreamedContent(string text) : HttpContent
    {
        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => stream.WriteAsync(Encoding.UTF8.GetBytes(text)).AsTask();

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
