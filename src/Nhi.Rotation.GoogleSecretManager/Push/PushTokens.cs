using Google.Apis.Auth;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.GoogleSecretManager.Telemetry;

namespace Nhi.Rotation.GoogleSecretManager.Push;

/// <summary>Verifies the token of a push request: signed by Google, for us, by the service account that was named. Safe for concurrent use.</summary>
internal sealed class PushTokens(string audience, string serviceAccount, string? certificatesUrl, TimeProvider time, ILogger logger)
{
    private const int Unauthorized = 401;
    private const int TryAgain = 503;
    private const string Scheme = "Bearer ";

    // Guesses may come fast; the log must not be what they cost.
    private static readonly TimeSpan Spacing = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _said;
    private int _unsaid;

    /// <returns>The status to refuse with, or <see langword="null"/> if the token is good.</returns>
    public async Task<int?> VerifyAsync(string? authorization, CancellationToken ct)
    {
        if (authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            return Refuse("it has no token");
        }

        var options = new SignedTokenVerificationOptions
        {
            TrustedAudiences = { audience },
            TrustedIssuers = { "https://accounts.google.com", "accounts.google.com" },
            CertificatesUrl = certificatesUrl,
        };
        try
        {
            var payload = await JsonWebSignature.VerifySignedTokenAsync<GoogleJsonWebSignature.Payload>(authorization[Scheme.Length..].Trim(), options, ct).ConfigureAwait(false);
            return !payload.EmailVerified || !string.Equals(payload.Email, serviceAccount, StringComparison.OrdinalIgnoreCase) ? Refuse("its token is of another account") : null;
        }
        catch (InvalidJwtException)
        {
            return Refuse("its token is not valid: the signature, the audience, the issuer or the time is wrong");
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            if (error is FormatException or ArgumentException or Newtonsoft.Json.JsonException)
            {
                return Refuse("its token cannot be read");
            }

            if (IsTurn(out _))
            {
                Log.CannotVerify(logger, error.GetType().Name);
            }

            return TryAgain;
        }
    }

    private int Refuse(string why)
    {
        if (IsTurn(out var more))
        {
            Log.Refused(logger, why, more);
        }

        return Unauthorized;
    }

    private bool IsTurn(out int unsaid)
    {
        lock (_gate)
        {
            if (_said is { } said && time.GetElapsedTime(said) < Spacing)
            {
                unsaid = ++_unsaid;
                return false;
            }

            (unsaid, _unsaid, _said) = (_unsaid, 0, time.GetTimestamp());
            return true;
        }
    }
}
