using Amazon;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.SecretsManager;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>A server, and a backend whose clients reach it under the real host names.</summary>
internal sealed class BackendFixture : IAsyncDisposable
{
    private readonly LoopbackHttpClientFactory _http;
    private readonly ClientPool<IAmazonSecretsManager> _clients;

    private BackendFixture(SecretsManagerServer server, LoopbackHttpClientFactory http, AWSOptions options, Action<ClientConfig>? configure)
    {
        Server = server;
        _http = http;
        _clients = new ClientPool<IAmazonSecretsManager>(options, new ServiceCollection().BuildServiceProvider(), config =>
        {
            config.HttpClientFactory = http;
            config.UseHttp = true;
            configure?.Invoke(config);
        });
        Backend = new AwsSecretsManagerBackend(region => new OwnClient(_clients.For(region)), Logger);
    }

    public SecretsManagerServer Server { get; }

    public AwsSecretsManagerBackend Backend { get; }

    public FakeLogger Logger { get; } = new();

    public static async Task<BackendFixture> StartAsync(
        Action<ClientConfig>? configure = null, string region = "eu-west-1", AWSCredentials? credentials = null, Func<ValueTask<Stream>>? connect = null)
    {
        var server = await SecretsManagerServer.StartAsync();
        var options = new AWSOptions
        {
            Region = RegionEndpoint.GetBySystemName(region),
            Credentials = credentials ?? new BasicAWSCredentials(SecretsManagerServer.DefaultIdentity.KeyId, SecretsManagerServer.DefaultIdentity.SecretKey),
        };
        return new BackendFixture(server, connect is null ? LoopbackHttpClientFactory.To(server.Address) : new LoopbackHttpClientFactory(connect), options, configure);
    }

    public ValueTask<BackendListing> ListAsync(string key, params string[] known) =>
        Backend.ListAsync(Request(key, known), TestContext.Current.CancellationToken);

    public static BackendRequest Request(string key, params string[] known) => new("cred", key, known.ToHashSet(StringComparer.Ordinal));

    public async ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
