using Amazon;
using Amazon.Extensions.NETCore.Setup;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Testing;
using Nhi.Rotation.AwsParameterStore.Parameters;
using Nhi.Rotation.AwsParameterStore.Tests.Server;
using Nhi.Rotation.AwsSecretsManager;
using Nhi.Rotation.AwsSecretsManager.Tests;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>A server, and a backend whose clients reach it under the real host names.</summary>
internal sealed class BackendFixture : IAsyncDisposable
{
    public const string Name = "/prod/key";

    private readonly LoopbackHttpClientFactory _http;
    private readonly ClientPool<IAmazonSimpleSystemsManagement> _clients;

    private BackendFixture(ParameterStoreServer server, LoopbackHttpClientFactory http, LabelNames labels)
    {
        Server = server;
        _http = http;
        _clients = new ClientPool<IAmazonSimpleSystemsManagement>(
            new AWSOptions { Region = RegionEndpoint.EUWest1, Credentials = new BasicAWSCredentials(SecretsManagerServer.DefaultIdentity.KeyId, SecretsManagerServer.DefaultIdentity.SecretKey) },
            new ServiceCollection().BuildServiceProvider(),
            config =>
            {
                // The SDK's own retries wait in real time.
                config.MaxErrorRetry = 0;
                config.HttpClientFactory = http;
                config.UseHttp = true;
            });
        Backend = new ParameterStoreBackend(_clients.For, labels, Logger);
    }

    public ParameterStoreServer Server { get; }

    public ParameterStoreBackend Backend { get; }

    public FakeLogger Logger { get; } = new();

    public static async Task<BackendFixture> StartAsync(LabelNames? labels = null, Func<ValueTask<Stream>>? connect = null)
    {
        var server = await ParameterStoreServer.StartAsync();
        return new BackendFixture(server, connect is null ? LoopbackHttpClientFactory.To(server.Address) : new LoopbackHttpClientFactory(connect), labels ?? LabelNames.Default);
    }

    public static BackendRequest Request(string key = Name, params string[] known) => new("cred", key, known.ToHashSet(StringComparer.Ordinal));

    public ValueTask<BackendListing> ListAsync(string key = Name, params string[] known) => Backend.ListAsync(Request(key, known), TestContext.Current.CancellationToken);

    public async Task<string[]> KnownAsync(string key = Name)
    {
        var listing = await ListAsync(key);
        Server.Calls.Clear();
        return [.. listing.Versions.Select(version => version.Id)];
    }

    public async ValueTask DisposeAsync()
    {
        _clients.Dispose();
        _http.Dispose();
        await Server.DisposeAsync();
    }
}
