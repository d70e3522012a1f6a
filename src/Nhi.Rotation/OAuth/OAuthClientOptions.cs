using Nhi.Rotation.Http;

namespace Nhi.Rotation;

/// <summary>How an HttpClient gets access tokens with a client secret, and which hosts may see them.</summary>
/// <remarks>Not safe for concurrent use; it is read once, when the client is registered.</remarks>
public sealed class OAuthClientOptions
{
    private readonly List<AllowedOrigin> _origins = [];

    internal OAuthClientOptions(Uri tokenEndpoint) => TokenEndpoint = tokenEndpoint;

    /// <summary>The client's id. Without it the credential's value is JSON with the texts <c>client_id</c> and <c>client_secret</c>; with it the value is the secret.</summary>
    public string? ClientId { get; set; }

    /// <summary>The scope asked for, with spaces between several; none if omitted.</summary>
    public string? Scope { get; set; }

    /// <summary>How the client proves who it is. Default <see cref="OAuthClientAuthentication.Basic"/>.</summary>
    public OAuthClientAuthentication Authentication { get; set; }

    /// <summary>More parameters of the token request, such as <c>audience</c> or <c>resource</c>. Never a secret.</summary>
    public IDictionary<string, string> Parameters { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>
    /// How long before its end a token is replaced, but never before half of its life. Default 1 min. In the first half of this time requests do not wait for
    /// the new one; if it cannot be got, the token is used until its end.
    /// </summary>
    public TimeSpan RefreshBeforeExpiry { get; set; } = TimeSpan.FromMinutes(1);

    internal Uri TokenEndpoint { get; }

    internal Func<HttpResponseMessage, bool>? IsRejection { get; private set; }

    internal IReadOnlyList<AllowedOrigin> Origins => _origins;

    /// <inheritdoc cref="HttpCredentialOptions.AllowHosts"/>
    public OAuthClientOptions AllowHosts(params string[] hosts)
    {
        ArgumentNullException.ThrowIfNull(hosts);
        foreach (var host in hosts)
        {
            _origins.AddRange(AllowedOrigin.Parse(host));
        }

        return this;
    }

    /// <summary>
    /// Says which answers of the token endpoint mean for sure that it refused the secret, besides status 401 and <c>invalid_client</c>. Other answers with status 400 or 403, and an error with
    /// status 200, are a suspicion without it: another version decides what they mean.
    /// </summary>
    /// <param name="isRejection">Looks at status, headers and content, which is in memory. Called concurrently.</param>
    /// <returns>The same options.</returns>
    public OAuthClientOptions RejectedWhen(Func<HttpResponseMessage, bool> isRejection)
    {
        ArgumentNullException.ThrowIfNull(isRejection);
        IsRejection = isRejection;
        return this;
    }
}
