using System.Net;
using Nhi.Rotation.Http;

namespace Nhi.Rotation;

/// <summary>How an HttpClient presents a credential: where it is put on a request, and which hosts may see it.</summary>
/// <remarks>
/// Choose exactly one of <see cref="Bearer"/>, <see cref="Header"/>, <see cref="Basic()"/>, <see cref="Basic(string)"/>, <see cref="Basic(ServerInValue)"/>,
/// <see cref="QueryParameter"/> and <see cref="Stamp"/>. Not safe for concurrent use; it is read once, when the client is registered.
/// </remarks>
public sealed class HttpCredentialOptions
{
    private readonly List<AllowedOrigin> _origins = [];
    private TimeSpan _maxReplayWait = TimeSpan.FromSeconds(5);
    private int _maxAttempts = 4;
    private int _maxBufferedBody = RepeatableBody.DefaultMaxLength;

    internal HttpCredentialOptions()
    {
    }

    /// <summary>
    /// How long a rejected request waits for the refresh that may bring a newer version, before its rejection is returned. Default 5 s: one
    /// round trip to a secret store, with a retry. <see cref="TimeSpan.Zero"/> does not wait.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative, or more than an hour.</exception>
    public TimeSpan MaxReplayWait
    {
        get => _maxReplayWait;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.Zero);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromHours(1));
            _maxReplayWait = value;
        }
    }

    /// <summary>
    /// How often one request is sent at most, each time with another version, the first time included. Default 4; 1 never repeats it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1, or more than 16.</exception>
    public int MaxAttempts
    {
        get => _maxAttempts;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, 16);
            _maxAttempts = value;
        }
    }

    /// <summary>
    /// Up to which length a body of unknown kind is kept in memory while it is sent, so that it can be sent again after a rejection: what SDKs make, those on System.ClientModel and
    /// Azure.Core for example. Default 64 KiB; 0 keeps none. Bodies whose length is not known, and streams, are never kept.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Negative.</exception>
    public int MaxBufferedBody
    {
        get => _maxBufferedBody;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _maxBufferedBody = value;
        }
    }

    internal Func<HttpResponseMessage, bool>? Proves { get; private set; }

    internal bool IsReplacing { get; private set; }

    internal IReadOnlyList<AllowedOrigin> Origins => _origins;

    internal Stamping? Stamping { get; private set; }

    internal Func<HttpResponseMessage, bool> IsRejection { get; private set; } =
        static response => response.StatusCode == HttpStatusCode.Unauthorized;

    /// <summary>Sends <c>Authorization: Bearer &lt;value&gt;</c>.</summary>
    /// <returns>The same options.</returns>
    /// <exception cref="InvalidOperationException">Another way was chosen before.</exception>
    public HttpCredentialOptions Bearer() => Choose(new HeaderStamping("Authorization", "Bearer "));

    /// <summary>Sends a header with the value, such as <c>X-Api-Key: &lt;value&gt;</c>.</summary>
    /// <param name="name">The header's name.</param>
    /// <param name="prefix">Put in front of the value as it is, so with its space: <c>"Token "</c>.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">The name or the prefix cannot be sent in a request header.</exception>
    /// <exception cref="InvalidOperationException">Another way was chosen before.</exception>
    public HttpCredentialOptions Header(string name, string? prefix = null) => Choose(new HeaderStamping(name, prefix ?? string.Empty));

    /// <summary>Sends <c>Authorization: Basic</c> with a fixed user name and the value as password (RFC 7617, UTF-8).</summary>
    /// <param name="userName">The user name, without a colon.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">The user name is empty, or has a colon or a control character.</exception>
    /// <exception cref="InvalidOperationException">Another way was chosen before.</exception>
    public HttpCredentialOptions Basic(string userName)
    {
        ArgumentException.ThrowIfNullOrEmpty(userName);
        return Choose(new BasicStamping(userName));
    }

    /// <summary>
    /// Sends <c>Authorization: Basic</c> with user name and password from the value, which is a login in any form (<see cref="LoginForm.Any"/>):
    /// <c>{"username":"...","password":"..."}</c>, or a URL with both. A version that names another host or port than the ones it is sent to, or a database or path, is refused.
    /// It is parsed once per version.
    /// </summary>
    /// <returns>The same options.</returns>
    /// <exception cref="InvalidOperationException">Another way was chosen before.</exception>
    public HttpCredentialOptions Basic() => Choose(new BasicStamping(userName: null));

    /// <summary>The same, and says what becomes of a server that the value names besides the login.</summary>
    /// <param name="serverInValue"><see cref="ServerInValue.MustMatch"/>, as <see cref="Basic()"/> has it, or <see cref="ServerInValue.Ignore"/>.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">It is <see cref="ServerInValue.Use"/>: the address of a request says where it goes.</exception>
    /// <exception cref="InvalidOperationException">Another way was chosen before.</exception>
    public HttpCredentialOptions Basic(ServerInValue serverInValue) => Choose(new BasicStamping(userName: null, serverInValue));

    /// <summary>
    /// Sends the value as a query parameter. Discouraged: addresses end up in the logs of servers and proxies, where nothing redacts them. Use
    /// it only where the other side takes nothing else.
    /// </summary>
    /// <param name="name">The parameter's name. A parameter of that name that the request already has is replaced.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">The name is empty.</exception>
    /// <exception cref="InvalidOperationException">Another way was chosen before.</exception>
    public HttpCredentialOptions QueryParameter(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return Choose(new QueryStamping(name));
    }

    /// <summary>Presents the credential your way, for example as a signature. Reveal it once, so that one request counts as one use.</summary>
    /// <param name="stamp">
    /// Called for each time the request is sent; concurrently for different requests. It may change the request's headers and its address, which
    /// are put back afterwards. Headers of the content are not put back. If it fails, the request fails with a <see cref="CredentialFormatException"/>
    /// that names the type of the exception only; its message may quote the value.
    /// </param>
    /// <returns>The same options.</returns>
    /// <exception cref="InvalidOperationException">Another way was chosen before.</exception>
    public HttpCredentialOptions Stamp(Action<HttpRequestMessage, Credential> stamp)
    {
        ArgumentNullException.ThrowIfNull(stamp);
        return Choose(new CustomStamping(stamp));
    }

    /// <summary>
    /// Says which hosts may see the credential; requests elsewhere go out without it. Without this, it is the host of the client's BaseAddress.
    /// </summary>
    /// <param name="hosts">
    /// Exact hosts, each <c>host</c> or <c>host:port</c>, in Unicode or punycode, compared without case; no wildcards. Without a port it is the
    /// scheme's default one. They mean https, and for loopback hosts http too. <c>http://host</c> allows clear text to that host.
    /// </param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">An entry is not a host.</exception>
    public HttpCredentialOptions AllowHosts(params string[] hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        foreach (var host in hosts)
        {
            _origins.AddRange(AllowedOrigin.Parse(host));
        }

        return this;
    }

    /// <summary>
    /// Says which responses mean that the credential itself was refused, and not the request. Default: status 401. Answer
    /// <see langword="true"/> only for those: it costs a second request and a refresh.
    /// </summary>
    /// <param name="isRejection">Looks at status and headers, not at the body. Called concurrently.</param>
    /// <returns>The same options.</returns>
    public HttpCredentialOptions RejectedWhen(Func<HttpResponseMessage, bool> isRejection)
    {
        ArgumentNullException.ThrowIfNull(isRejection);
        IsRejection = isRejection;
        return this;
    }

    /// <summary>
    /// Says which answers prove that the other side accepts the version. Without it, every 2xx and 3xx does, that of a public endpoint too, which tells nothing of the key. With it, only those count as
    /// acceptance: for the verdict on the version before, and for falling back.
    /// </summary>
    /// <param name="proves">Looks at an answer with a status of 2xx or 3xx: at its status, headers and request. Called concurrently.</param>
    /// <returns>The same options.</returns>
    public HttpCredentialOptions ProvenBy(Func<HttpResponseMessage, bool> proves)
    {
        ArgumentNullException.ThrowIfNull(proves);
        Proves = proves;
        return this;
    }

    /// <summary>The same for the answers from one path, and those below it: an endpoint that asks for the key.</summary>
    /// <param name="path">The path, such as <c>/charges</c>.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">It does not begin with a slash.</exception>
    public HttpCredentialOptions ProvenBy(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path[0] != '/')
        {
            throw new ArgumentException($"'{path}' is no path: it has to begin with a slash.", nameof(path));
        }

        var below = path.TrimEnd('/') + "/";
        return ProvenBy(answer => answer.RequestMessage?.RequestUri?.AbsolutePath is { } asked && (asked == path || asked.StartsWith(below, StringComparison.Ordinal)));
    }

    /// <summary>
    /// Says that the credential is meant to replace what a request already has in its place: for an SDK that always sets a header of its own. Without it, a warning says once that it did.
    /// </summary>
    /// <returns>The same options.</returns>
    public HttpCredentialOptions Replaces()
    {
        IsReplacing = true;
        return this;
    }

    private HttpCredentialOptions Choose(Stamping stamping)
    {
        if (Stamping is not null)
        {
            throw new InvalidOperationException(
                $"The credential is already sent as {Stamping}, so it cannot also be sent as {stamping}. Choose one; for two credentials on one client call AddRotatingCredential twice.");
        }

        Stamping = stamping;
        return this;
    }
}
