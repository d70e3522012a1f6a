namespace Nhi.Rotation.Tls;

/// <summary>
/// Sends with the client certificate that is current. Each version has connections of its own, so a rotation takes effect with the next request; the old
/// connections are closed as soon as nothing runs on them.
/// </summary>
internal sealed class ClientCertificateHandler : HttpMessageHandler
{
    private readonly IRotatingCredentialProvider _provider;
    private readonly Action<SocketsHttpHandler>? _configure;
    private readonly IDerived<CertifiedConnections> _connections;
    private CertifiedConnections? _latest;
    private volatile bool _isDisposed;

    public ClientCertificateHandler(IRotatingCredentialProvider provider, Action<SocketsHttpHandler>? configure)
    {
        _provider = provider;
        _configure = configure;
        _connections = provider.Derive(Open);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_provider.Credentials.Current is null)
        {
            // Blocking is what the caller of a synchronous send asked for.
            _provider.GetCurrentAsync(cancellationToken).AsTask().GetAwaiter().GetResult();
        }

        var connections = Enter();
        try
        {
            return connections.Invoker.Send(request, cancellationToken);
        }
        finally
        {
            connections.Exit();
        }
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        await _provider.GetCurrentAsync(cancellationToken).ConfigureAwait(false);
        var connections = Enter();
        try
        {
            return await connections.Invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            connections.Exit();
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _isDisposed = true;
            Volatile.Read(ref _latest)?.Retire();
        }

        base.Dispose(disposing);
    }

    // Counts a use. What was replaced between the two reads can be closed already; what replaced it is not.
    private CertifiedConnections Enter()
    {
        var connections = _connections.Current;
        while (!connections.TryEnter())
        {
            connections = Volatile.Read(ref _latest)!;
            ObjectDisposedException.ThrowIf(connections.IsClosed, this);
        }

        return connections;
    }

    // One at a time. What is replaced is retired only when its successor could be made.
    private CertifiedConnections Open(Credential credential)
    {
        var connections = new CertifiedConnections(_provider, credential, _configure);
        Interlocked.Exchange(ref _latest, connections)?.Retire();
        if (_isDisposed)
        {
            // The provider may build until the garbage collector comes.
            connections.Retire();
        }

        return connections;
    }
}
