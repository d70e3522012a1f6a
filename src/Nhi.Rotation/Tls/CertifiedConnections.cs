using System.Diagnostics.CodeAnalysis;
using Nhi.Rotation.Streams;

namespace Nhi.Rotation.Tls;

/// <summary>The connections of one client that were made with one version of its certificate.</summary>
[SuppressMessage(
    "Reliability",
    "CA2000:Dispose objects before losing scope",
    Justification = "The handler goes with its invoker, a stream with its connection. The certificate is left to its finalizers: a handshake may be using it.")]
internal sealed class CertifiedConnections
{
    private readonly IRotatingCredentialProvider _provider;
    private readonly string _versionId;
    private readonly Func<SocketsHttpPlaintextStreamFilterContext, CancellationToken, ValueTask<Stream>>? _filter;

    // Requests that are being sent, and one for being the latest. At 0 it is closed and stays so.
    private int _entered = 1;
    private int _retired;

    public CertifiedConnections(IRotatingCredentialProvider provider, Credential credential, Action<SocketsHttpHandler>? configure)
    {
        _provider = provider;
        _versionId = credential.VersionId;
        var handler = new SocketsHttpHandler();
        try
        {
            configure?.Invoke(handler);
            _filter = handler.PlaintextStreamFilter;
            handler.PlaintextStreamFilter = HoldAsync;
            handler.SslOptions.ClientCertificateContext = TlsCertificate.Parse(credential).CreateContext();

            // A redirect must not choose to whom the app proves who it is.
            handler.AllowAutoRedirect = false;
            Invoker = new HttpMessageInvoker(handler);
        }
        catch
        {
            handler.Dispose();
            throw;
        }
    }

    public HttpMessageInvoker Invoker { get; }

    public bool IsClosed => Volatile.Read(ref _entered) == 0;

    public bool TryEnter()
    {
        for (var entered = Volatile.Read(ref _entered); entered > 0;)
        {
            var seen = Interlocked.CompareExchange(ref _entered, entered + 1, entered);
            if (seen == entered)
            {
                return true;
            }

            entered = seen;
        }

        return false;
    }

    /// <summary>The request has its response. A body that is still being read keeps its connection until it was read.</summary>
    public void Exit()
    {
        if (Interlocked.Decrement(ref _entered) == 0)
        {
            Invoker.Dispose();
        }
    }

    public void Retire()
    {
        if (Interlocked.Exchange(ref _retired, 1) == 0)
        {
            Exit();
        }
    }

    // Called for each new connection, after its handshake.
    private async ValueTask<Stream> HoldAsync(SocketsHttpPlaintextStreamFilterContext context, CancellationToken ct)
    {
        var stream = _filter is null ? context.PlaintextStream : await _filter(context, ct).ConfigureAwait(false);
        var set = _provider.Credentials;
        Credential?[] versions = [set.Current, .. set.Previous, .. set.Pending, .. set.Retired];
        return context.InitialRequestMessage.RequestUri?.Scheme == Uri.UriSchemeHttps && Array.Find(versions, version => version?.VersionId == _versionId) is { } credential
            ? new HeldStream(stream, credential.Hold())
            : stream;
    }
}
