using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace Nhi.Rotation.Spiffe.Workload;

/// <summary>Where the Workload API is served: the standard of the endpoint, section 4.</summary>
internal sealed class WorkloadAddress
{
    /// <summary>The variable that every SPIFFE library reads.</summary>
    public const string Variable = "SPIFFE_ENDPOINT_SOCKET";

    private readonly string _text;
    private readonly EndPoint _endPoint;

    private WorkloadAddress(string text, EndPoint endPoint) => (_text, _endPoint) = (text, endPoint);

    /// <summary>The path of the socket, if it is one.</summary>
    public string? SocketPath => _endPoint is UnixDomainSocketEndPoint ? new Uri(_text).AbsolutePath : null;

    /// <summary>Reads an address.</summary>
    /// <param name="text">The address.</param>
    /// <param name="mistake">What is wrong with it, and the fix.</param>
    /// <returns>The address, or <see langword="null"/>.</returns>
    public static WorkloadAddress? Read(string? text, out string mistake)
    {
        mistake = string.Empty;
        if (string.IsNullOrWhiteSpace(text))
        {
            mistake = $"The address of the SPIFFE Workload API is not known. Set {Variable}, or SpiffeOptions.EndpointSocket, such as unix:///run/spire/sockets/agent.sock.";
            return null;
        }

        if (EndPointOf(text) is { } endPoint)
        {
            return new WorkloadAddress(text, endPoint);
        }

        mistake = $"'{text}' is no address of a SPIFFE Workload API. Write unix:///absolute/path, or tcp://IP:PORT, and nothing more. A path has about 100 characters at most.";
        return null;
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The socket goes with its stream.")]
    public async ValueTask<Stream> ConnectAsync(CancellationToken ct)
    {
        var isUnix = _endPoint is UnixDomainSocketEndPoint;
        var socket = isUnix ? new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) : new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(_endPoint, ct).ConfigureAwait(false);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public override string ToString() => _text;

    private static UnixDomainSocketEndPoint? SocketAt(string path)
    {
        try
        {
            return new UnixDomainSocketEndPoint(path);
        }
        catch (ArgumentOutOfRangeException)
        {
            // Longer than the system's sockets can be.
            return null;
        }
    }

    private static EndPoint? EndPointOf(string text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Query.Length > 0 || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0)
        {
            return null;
        }

        return uri.Scheme switch
        {
            // One slash is as good as three: the authority is missing, and not empty.
            "unix" when uri.Host.Length == 0 && uri.AbsolutePath.Length > 1 && uri.AbsolutePath[0] == '/' => SocketAt(Uri.UnescapeDataString(uri.AbsolutePath)),
            "tcp" when uri.AbsolutePath is "" or "/" && !text.EndsWith('/') && uri.Port > 0 && IPAddress.TryParse(uri.Host, out var address) => new IPEndPoint(address, uri.Port),
            _ => null,
        };
    }
}
