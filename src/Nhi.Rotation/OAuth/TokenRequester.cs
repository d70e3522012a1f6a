using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Http;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.OAuth;

/// <summary>Asks a token endpoint with the current secret, and with other versions while that is refused.</summary>
internal sealed class TokenRequester
{
    public const string ClientName = "Nhi.Rotation.OAuth";

    private const int MaxReplyBytes = 256 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly OAuthRegistration _registration;
    private readonly OAuthClientOptions _options;
    private readonly IRotatingCredentialProvider _provider;
    private readonly IHttpClientFactory _clients;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Presenter<ClientLogin> _presenter;

    public TokenRequester(OAuthRegistration registration, IRotatingCredentialProvider provider, IHttpClientFactory clients, TimeProvider time, ILogger logger)
    {
        _registration = registration;
        _options = registration.Options;
        _provider = provider;
        _clients = clients;
        _time = time;
        _logger = logger;
        _presenter = new Presenter<ClientLogin>(provider, Read, new PresenterOptions { Time = time });
    }

    /// <summary>Grows with each set of versions.</summary>
    public long Generation => _provider.Credentials.Generation;

    /// <summary>Sets up the client that asks. What the user set for it stays, but for redirects and cookies: both would carry what is secret elsewhere.</summary>
    public static void Configure(HttpClientFactoryOptions options)
    {
        options.HttpClientActions.Insert(0, static client =>
        {
            client.MaxResponseContentBufferSize = MaxReplyBytes;
            client.Timeout = Timeout;
        });
        options.HttpMessageHandlerBuilderActions.Add(static builder => Confine(builder.PrimaryHandler));
    }

    /// <exception cref="CredentialException">The endpoint accepts no version, or none has the right form.</exception>
    /// <exception cref="TokenEndpointException">The endpoint cannot be reached, or fails in another way.</exception>
    public async Task<AccessToken> RequestAsync(CancellationToken ct = default)
    {
        var shown = await _presenter.TakeAsync(ct).ConfigureAwait(false);
        var refused = new List<string>();
        while (true)
        {
            var (asked, generation) = (_time.GetTimestamp(), Generation);
            var answer = await AskAsync(shown.Value, ct).ConfigureAwait(false);
            if (answer.Token is { } token)
            {
                _presenter.Accepted(shown);
                return new AccessToken(shown.Version, new HeaderStamp(shown.Version, _registration.HeaderName, "Bearer " + token), asked, answer.Lifetime, generation);
            }

            if (answer.Refusal is not { } kind)
            {
                throw answer.Failure!;
            }

            refused.Add(shown.Version.VersionId);
            if (await _presenter.FindOtherAsync(shown, kind, ct).ConfigureAwait(false) is not { } other)
            {
                throw kind == RefusalKind.Suspected ? answer.Failure! : NoneAccepted(refused);
            }

            Log.SecretRefused(_logger, _registration.ClientName, _provider.Name, shown.Version.VersionId, other.Version.VersionId);
            shown = other;
        }
    }

    private string Endpoint => _options.TokenEndpoint.GetLeftPart(UriPartial.Path);

    private CredentialUnavailableException NoneAccepted(List<string> refused) => new(
        _provider.Name,
        $"the token endpoint {Endpoint} refused version '{string.Join("' and version '", refused)}'{(refused.Count == 1 ? " and there is no other one" : string.Empty)}",
        "Check that the client exists there and that the secret is active.");

    private async Task<TokenAnswer> AskAsync(ClientLogin login, CancellationToken ct)
    {
        using var request = Build(login);
        using var client = _clients.CreateClient(ClientName);
        try
        {
            using var response = await client.SendAsync(request, ct).ConfigureAwait(false);
            var reply = TokenReply.Parse(await response.Content.ReadAsByteArrayAsync(ct).ConfigureAwait(false));
            return TokenAnswer.Of(response, reply, _options.IsRejection, Failed);
        }
        catch (Exception error) when (error is not CredentialException)
        {
            // An error from below can quote a hostile answer, and with it what was sent.
            throw Unreachable(error);
        }
    }

    private TokenEndpointException Failed(HttpResponseMessage response, TokenReply reply)
    {
        var code = reply.Error is { } error ? $" ({error})" : string.Empty;
        var message = $"Credential '{_provider.Name}': the token endpoint {Endpoint} answered {(int)response.StatusCode}{code} and gave no bearer token. Check scope, parameters and the client's rights there.";
        var wait = response.Headers.RetryAfter is { } after ? after.Delta ?? (after.Date - _time.GetUtcNow()) : null;
        return new TokenEndpointException(new HttpRequestException(message, inner: null, response.StatusCode), wait);
    }

    private TokenEndpointException Unreachable(Exception error)
    {
        var kind = (error as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown;
        var what = error is OperationCanceledException ? "did not answer in time" : $"could not be asked: {(kind == HttpRequestError.Unknown ? error.GetType().FullName : kind)}";
        var message = $"Credential '{_provider.Name}': the token endpoint {Endpoint} {what}. Check its address, the network and the HttpClient '{ClientName}'.";
        return new TokenEndpointException(new HttpRequestException(kind, message), retryAfter: null);
    }

    private static void Confine(HttpMessageHandler handler)
    {
        while (handler is DelegatingHandler { InnerHandler: { } inner })
        {
            handler = inner;
        }

        // Set only where it differs: a handler that is shared and in use takes no change, even to what it has.
        switch (handler)
        {
            case SocketsHttpHandler sockets when sockets.AllowAutoRedirect || sockets.UseCookies:
                (sockets.AllowAutoRedirect, sockets.UseCookies) = (false, false);
                break;
            case HttpClientHandler client when client.AllowAutoRedirect || client.UseCookies:
                (client.AllowAutoRedirect, client.UseCookies) = (false, false);
                break;
        }
    }

    private HttpRequestMessage Build(ClientLogin login)
    {
        var (id, secret) = (login.Id, login.Secret);
        var form = new Dictionary<string, string>(_options.Parameters, StringComparer.Ordinal) { ["grant_type"] = "client_credentials" };
        if (_options.Scope is { } scope)
        {
            form["scope"] = scope;
        }

        var request = new HttpRequestMessage(HttpMethod.Post, _options.TokenEndpoint);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        if (_options.Authentication == OAuthClientAuthentication.Post)
        {
            form["client_id"] = id;
            form["client_secret"] = secret;
        }
        else
        {
            // RFC 6749, section 2.3.1: each part is form-encoded before Basic joins them, so a colon in the id does no harm.
            var text = $"{WebUtility.UrlEncode(id)}:{WebUtility.UrlEncode(secret)}";
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.ASCII.GetBytes(text)));
        }

        request.Content = new FormUrlEncodedContent(form);
        return request;
    }

    private ClientLogin Read(Credential credential)
    {
        if (_options.ClientId is { } id)
        {
            return new ClientLogin(id, credential.Reveal());
        }

        try
        {
            var json = JsonFields.Parse(credential);
            return new ClientLogin(json.Text("client_id"), json.Text("client_secret"));
        }
        catch (CredentialFormatException error)
        {
            Log.SecretMalformed(_logger, _registration.ClientName, _provider.Name, error.Cause);
            throw;
        }
    }
}
