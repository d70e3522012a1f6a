using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Http;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.Http;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.OAuth;

/// <summary>Asks a token endpoint with the current secret, and with another valid one if that is refused.</summary>
internal sealed class TokenRequester(
    OAuthRegistration registration, IRotatingCredentialProvider provider, IHttpClientFactory clients, TimeProvider time, ILogger logger)
{
    public const string ClientName = "Nhi.Rotation.OAuth";

    private const int MaxReplyBytes = 256 * 1024;

    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(30);

    private readonly OAuthClientOptions _options = registration.Options;

    /// <summary>Grows with each set of versions.</summary>
    public long Generation => provider.Credentials.Generation;

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

    /// <exception cref="CredentialException">The endpoint accepts no version, or a version has the wrong form.</exception>
    /// <exception cref="HttpRequestException">The endpoint cannot be reached, or fails in another way.</exception>
    public async Task<AccessToken> RequestAsync()
    {
        var first = await provider.GetCurrentAsync().ConfigureAwait(false);
        CredentialFormatException? malformed = null;
        try
        {
            if (await AskAsync(first).ConfigureAwait(false) is { } token)
            {
                return token;
            }
        }
        catch (CredentialFormatException error)
        {
            malformed = error;
        }

        var other = FindOther(first) ?? (malformed is null ? await RefreshAsync(first).ConfigureAwait(false) : null);
        if (other is not null)
        {
            if (malformed is null)
            {
                Log.SecretRefused(logger, registration.ClientName, provider.Name, first.VersionId, other.VersionId);
            }
            else
            {
                Log.SecretMalformed(logger, registration.ClientName, provider.Name, malformed.Cause, other.VersionId);
            }

            if (await AskAsync(other).ConfigureAwait(false) is { } second)
            {
                return second;
            }
        }

        throw malformed ?? (Exception)new CredentialUnavailableException(
            provider.Name,
            $"the token endpoint {Endpoint} refused version '{first.VersionId}'{(other is null ? " and there is no other one" : $" and version '{other.VersionId}'")}",
            "Check that the client exists there and that the secret is active.");
    }

    private string Endpoint => _options.TokenEndpoint.GetLeftPart(UriPartial.Path);

    /// <returns><see langword="null"/> if the endpoint refused the version.</returns>
    private async Task<AccessToken?> AskAsync(Credential credential)
    {
        using var request = Build(credential);
        using var client = clients.CreateClient(ClientName);
        var asked = time.GetTimestamp();
        TokenReply reply;
        HttpStatusCode status;
        try
        {
            using var response = await client.SendAsync(request).ConfigureAwait(false);
            status = response.StatusCode;
            reply = TokenReply.Parse(await response.Content.ReadAsByteArrayAsync().ConfigureAwait(false));
        }
        catch (Exception error) when (error is not CredentialException)
        {
            // An error from below can quote a hostile answer, and with it what was sent.
            throw Unreachable(error);
        }

        if (status == HttpStatusCode.Unauthorized || reply.Error == TokenReply.InvalidClient)
        {
            provider.Report(credential, CredentialOutcome.Rejected);
            return null;
        }

        if (status != HttpStatusCode.OK || reply.AccessToken is null || HeaderText.FindFault(reply.AccessToken) is not null)
        {
            throw new HttpRequestException(
                $"Credential '{provider.Name}': the token endpoint {Endpoint} answered {(int)status}{(reply.Error is { } error ? $" ({error})" : string.Empty)} and gave no bearer token. Check scope, parameters and the client's rights there.",
                inner: null,
                status);
        }

        provider.Report(credential, CredentialOutcome.Accepted);
        return new AccessToken(new HeaderStamp(credential, registration.HeaderName, "Bearer " + reply.AccessToken), asked, reply.Lifetime);
    }

    private HttpRequestException Unreachable(Exception error)
    {
        var kind = (error as HttpRequestException)?.HttpRequestError ?? HttpRequestError.Unknown;
        var what = error is OperationCanceledException ? "did not answer in time" : $"could not be asked: {(kind == HttpRequestError.Unknown ? error.GetType().FullName : kind)}";
        return new HttpRequestException(
            kind, $"Credential '{provider.Name}': the token endpoint {Endpoint} {what}. Check its address, the network and the HttpClient '{ClientName}'.");
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

    private HttpRequestMessage Build(Credential credential)
    {
        var (id, secret) = Client(credential);
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

    private (string Id, string Secret) Client(Credential credential)
    {
        if (_options.ClientId is { } id)
        {
            return (id, credential.Reveal());
        }

        var fields = JsonFields.Parse(credential);
        return (fields.Text("client_id"), fields.Text("client_secret"));
    }

    // The backend may have the version that the endpoint wants.
    private async Task<Credential?> RefreshAsync(Credential refused)
    {
        try
        {
            await provider.RefreshAsync(RefreshReason.Rejection).ConfigureAwait(false);
        }
        catch (BackendException)
        {
            // The engine logs it; what is thrown in the end is the refusal.
        }

        return FindOther(refused);
    }

    // One that became current meanwhile, or the one before.
    private Credential? FindOther(Credential refused)
    {
        var set = provider.Credentials;
        return set.Current is { } current && current.VersionId != refused.VersionId
            ? current
            : set.Previous.FirstOrDefault(previous => previous.VersionId != refused.VersionId && previous.Stage is not (CredentialStage.Retired or CredentialStage.Revoked));
    }
}
