using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;

namespace Nhi.Rotation.Tests.Http;

/// <summary>A container with one client, "charges", that uses one credential, "stripe".</summary>
internal sealed class TestClients : IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private TestClients(ServiceProvider services, FakeLogCollector log)
    {
        _services = services;
        Log = log;
        Client = CreateClient();
    }

    public HttpClient Client { get; }

    public HttpClient CreateClient() => _services.GetRequiredService<IHttpClientFactory>().CreateClient("charges");

    public FakeLogCollector Log { get; }

    public IServiceProvider Services => _services;

    public static TestClients Create(
        IRotatingCredentialProvider provider,
        LoopbackServer server,
        Action<HttpCredentialOptions> configure,
        Action<IHttpClientBuilder>? before = null,
        Action<IHttpClientBuilder>? after = null) =>
        Create(provider, server.Address, configure, before, after);

    public static TestClients Create(
        IRotatingCredentialProvider provider,
        Uri? baseAddress,
        Action<HttpCredentialOptions> configure,
        Action<IHttpClientBuilder>? before = null,
        Action<IHttpClientBuilder>? after = null)
    {
        var log = new FakeLogCollector();
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(new FakeLoggerProvider(log)));
        services.AddKeyedSingleton(provider.Name, provider);
        var builder = services.AddHttpClient("charges", client => client.BaseAddress = baseAddress);
        before?.Invoke(builder);
        builder.AddRotatingCredential(provider.Name, configure);
        after?.Invoke(builder);
        return new TestClients(services.BuildServiceProvider(), log);
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
