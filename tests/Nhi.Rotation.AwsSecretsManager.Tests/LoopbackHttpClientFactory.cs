using System.Net;
using System.Net.Sockets;
using Amazon.Runtime;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>Connects every host name to the test server, so that clients use their real endpoints and the server sees their real host.</summary>
internal sealed class LoopbackHttpClientFactory(Func<ValueTask<Stream>> connect) : HttpClientFactory, IDisposable
{
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseProxy = false, ConnectCallback = (_, _) => connect() });

    public static LoopbackHttpClientFactory To(Uri address) => new(async () =>
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(IPAddress.Loopback, address.Port);
        return new NetworkStream(socket, ownsSocket: true);
    });

    public override HttpClient CreateHttpClient(IClientConfig clientConfig) => _client;

    public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

    public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

    public void Dispose() => _client.Dispose();
}
