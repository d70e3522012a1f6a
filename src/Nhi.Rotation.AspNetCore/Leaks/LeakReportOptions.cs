using System.Security.Cryptography;
using Nhi.Rotation.Shapes;

namespace Nhi.Rotation.AspNetCore;

/// <summary>Who may report leaks, and what is done. At least one way to report must be set.</summary>
/// <remarks>Not safe for concurrent use; it is read once, when the endpoint is declared.</remarks>
public sealed class LeakReportOptions
{
    internal LeakReportOptions()
    {
    }

    /// <summary>The name of a rotating credential whose value whoever reports in our own format must present, in the header <c>X-Report-Key</c>.</summary>
    public string? KeyCredential { get; set; }

    /// <summary>
    /// Whether a version that is reported is revoked at once, in this process. Default <see langword="false"/>: it is only alerted of, event 470. Revoking the current
    /// version while there is no other means that nothing can be presented.
    /// </summary>
    public bool Revoke { get; set; }

    /// <summary>
    /// After how long every report is answered, so that the time does not tell whether a value is known: after whole multiples of this, where the work takes longer. Default 1 s; what is
    /// done is done at once.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 100 ms or more than a minute.</exception>
    public TimeSpan AnswerTime
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, TimeSpan.FromMilliseconds(100));
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, TimeSpan.FromMinutes(1));
            field = value;
        }
    } = TimeSpan.FromSeconds(1);

    /// <summary>How many requests of one network are looked at in a minute; more get 429. Default 60.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int MaxRequestsPerMinute
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
            field = value;
        }
    } = 60;

    internal Dictionary<string, ECParameters> GitHubKeys { get; } = new(StringComparer.Ordinal);

    /// <summary>
    /// Takes reports of GitHub's secret scanning for partners, signed with this key. GitHub publishes its keys; add each, and the new one when it changes.
    /// </summary>
    /// <param name="identifier">What <c>Github-Public-Key-Identifier</c> calls the key.</param>
    /// <param name="publicKeyPem">The key, PEM, of the curve P-256.</param>
    /// <returns>The same options.</returns>
    /// <exception cref="ArgumentException">It is no such key, or one of that name was added.</exception>
    public LeakReportOptions AddGitHubKey(string identifier, string publicKeyPem)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(identifier);
        ArgumentException.ThrowIfNullOrWhiteSpace(publicKeyPem);
        ECParameters parameters;
        try
        {
            using var key = ECDsa.Create();
            key.ImportFromPem(publicKeyPem);
            parameters = key.ExportParameters(includePrivateParameters: false);
        }
        catch (Exception error) when (PlatformRefusal.Is(error))
        {
            throw new ArgumentException($"GitHub's key '{identifier}' is no public key in PEM form of an elliptic curve.", nameof(publicKeyPem));
        }

        if (parameters.Curve.Oid.Value != ECCurve.NamedCurves.nistP256.Oid.Value)
        {
            throw new ArgumentException($"GitHub's key '{identifier}' is not of the curve P-256.", nameof(publicKeyPem));
        }

        return GitHubKeys.TryAdd(identifier, parameters) ? this : throw new ArgumentException($"GitHub's key '{identifier}' is added twice. Keep one.", nameof(identifier));
    }
}
