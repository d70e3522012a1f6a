using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>The scheme: whoever presents an accepted version of a client's credential is that client.</summary>
internal sealed class RotatingApiKeyHandler(IOptionsMonitor<RotatingApiKeyOptions> options, ILoggerFactory logger, UrlEncoder encoder)
    : AuthenticationHandler<RotatingApiKeyOptions>(options, logger, encoder)
{
    // One text for everything that was looked up: whether a client, a retired key or nothing at all was found is not the caller's to know.
    private const string NotValid = "The API key is not valid.";

    private const string NotReady = "API keys cannot be checked at the moment.";

    private const int StackLimit = 512;

    protected override Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        var reading = ApiKeyReading.Of(Request, Options);
        if (reading.Refusal is { } refusal)
        {
            return Task.FromResult(Refuse(refusal));
        }

        return Task.FromResult(reading.Key is { } key ? ResultOf(key) : AuthenticateResult.NoResult());
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (Response.HasStarted)
        {
            return;
        }

        var result = await HandleAuthenticateOnceSafeAsync().ConfigureAwait(false);
        var isReady = result.Failure?.Message != NotReady;
        Response.StatusCode = isReady ? StatusCodes.Status401Unauthorized : StatusCodes.Status503ServiceUnavailable;
        if (isReady)
        {
            Response.Headers.Append(HeaderNames.WWWAuthenticate, Challenge(result.Failure is not null));
        }

        // A policy with several schemes challenges each: the first body stays, and the response is not started, for the others set status and headers.
        if (Response.ContentType is null && Context.RequestServices.GetService<IProblemDetailsService>() is { } problems)
        {
            var detail = result.Failure?.Message ?? $"An API key is needed in the {(Options.AuthorizationScheme is null ? Options.HeaderName : "Authorization")} header.";
            await UnstartedBody.WriteAsync(Context, async context => await problems.TryWriteAsync(new ProblemDetailsContext
            {
                HttpContext = context,
                ProblemDetails =
                {
                    Status = context.Response.StatusCode,
                    Title = isReady ? "Unauthorized" : "Service Unavailable",
                    Detail = detail,
                },
            }).ConfigureAwait(false)).ConfigureAwait(false);
        }
    }

    private AuthenticateResult ResultOf(string key)
    {
        var (client, refusal) = FindClient(key);
        if (refusal is not null)
        {
            return Refuse(refusal);
        }

        var match = Compare(key, client);
        if (match.IsAccepted)
        {
            return Accept(client!, match);
        }

        if (match is { IsRecognized: true, Stage: CredentialStage.Retired or CredentialStage.Revoked })
        {
            if (client!.Warnings.MayPass(TimeProvider))
            {
                ApiKeyLog.OldKeyRefused(Logger, client.Keys.Name, client.Id, Context.Connection.RemoteIpAddress, match.VersionId!, match.Stage);
            }

            return Refuse(NotValid);
        }

        // Telling a client that its key is wrong would make it fall back to an older one, when it is us who have none.
        return Refuse(client is { Keys.Credentials.Current: null } ? NotReady : NotValid);
    }

    private (ApiKeyClient? Client, string? Refusal) FindClient(string key)
    {
        if (Options.ClientIdHeaderName is not { } header)
        {
            return (Options.Lookup.FindByKey(key), null);
        }

        var ids = Request.Headers[header];
        return ids.Count == 1 ? (Options.Lookup.FindById(ids[0]!), null) : (null, $"The {header} header is needed once.");
    }

    private CredentialMatch Compare(string key, ApiKeyClient? client)
    {
        Span<byte> bytes = key.Length <= StackLimit ? stackalloc byte[StackLimit] : new byte[key.Length];
        bytes = bytes[..Encoding.ASCII.GetBytes(key, bytes)];
        var isKnown = true;
        var places = (client ?? Options.Lookup.Any!).Places;
        var caller = places?.CallerOf(Request, out isKnown);
        if (client is null)
        {
            // The same work for a client that does not exist. No key can match: none has a byte that is not ASCII.
            bytes[0] |= 0x80;
            _ = Options.Lookup.Any!.Keys.Match(bytes);
            return default;
        }

        var match = client.Keys.Match(bytes, caller ?? client.Id);
        if (!isKnown && match.IsRecognized && places!.Remember(Request, caller!))
        {
            ApiKeyLog.PlaceSeen(Logger, client.Keys.Name, caller!, Context.Connection.RemoteIpAddress, CallerPlaces.ProductOf(Request));
        }

        return match;
    }

    private AuthenticateResult Accept(ApiKeyClient client, CredentialMatch match)
    {
        if (!TryOpen(client, match))
        {
            return Refuse(NotValid);
        }

        if (match.Stage == CredentialStage.Previous)
        {
            ApiKeyLog.OldKeyAccepted(Logger, client.Keys.Name, client.Id, match.VersionId!, match.Stage);
            if (Options.AnnounceOldKeys)
            {
                OldKeyNotice.Announce(Response, match, Options.DeprecationLink);
            }
        }

        Context.Features.Set(AcceptedApiKey.Mark);
        var identity = new ClaimsIdentity(
            [
                new(ClaimTypes.NameIdentifier, client.Id),
                new(ClaimTypes.Name, client.Id),
                new(ApiKeyClaimTypes.Credential, client.Keys.Name),
                new(ApiKeyClaimTypes.Version, match.VersionId!),
                new(ApiKeyClaimTypes.Stage, Word(match.Stage)),
            ],
            Scheme.Name);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), Scheme.Name));
    }

    private bool TryOpen(ApiKeyClient client, CredentialMatch match)
    {
        var session = new ApiKeySession(client.Sessions, client.Id, Context, match, Options.CloseSessions, Logger);
        client.Sessions.Add(session);
        Response.RegisterForDispose(session);

        // What is short is over before its version is old; from then on all that is open is held. What is known to be long is seen from its beginning.
        if (match.LiveStage != CredentialStage.Current || IsLong(Request))
        {
            session.Hold();
        }

        // Whoever was just let in may have missed the end of its version.
        return !session.HasEnded;
    }

    private static bool IsLong(HttpRequest request) =>
        request.Headers.Upgrade.Count > 0
        || HttpMethods.IsConnect(request.Method)
        || request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true
        || request.Headers.Accept.ToString().Contains("text/event-stream", StringComparison.OrdinalIgnoreCase);

    private AuthenticateResult Refuse(string refusal)
    {
        ApiKeyLog.Refused(Logger, Context.Connection.RemoteIpAddress, refusal);
        return AuthenticateResult.Fail(refusal);
    }

    // RFC 6750, section 3.1: a request without a token gets no error code. What the app calls its own scheme need not be a token of RFC 9110.
    private string Challenge(bool isRefused) => Options.AuthorizationScheme is not { } scheme
        ? RotatingApiKeyDefaults.AuthenticationScheme
        : isRefused && scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) ? $"{scheme} error=\"invalid_token\"" : scheme;

    private static string Word(CredentialStage stage) => stage switch
    {
        CredentialStage.Pending => "pending",
        CredentialStage.Previous => "previous",
        _ => "current",
    };
}
