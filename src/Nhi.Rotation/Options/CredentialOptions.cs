namespace Nhi.Rotation;

/// <summary>How one credential is refreshed and rotated. Named options: the name is the credential's.</summary>
public sealed class CredentialOptions
{
    /// <summary>Who answers for the credential. Wins over what the backend says.</summary>
    public string? Owner { get; set; }

    /// <summary>What the credential is for. Wins over what the backend says.</summary>
    public string? Purpose { get; set; }

    /// <summary>
    /// How often the backend is asked, varied by <see cref="RefreshJitter"/>. At least 100 ms. <see langword="null"/> takes the backend's own default:
    /// 30 s for files, 5 min for everything else.
    /// </summary>
    public TimeSpan? RefreshInterval { get; set; }

    /// <summary>Share of the interval by which it varies in both directions, so that a fleet does not ask in step; 0 to 0.5. Default 0.1.</summary>
    public double RefreshJitter { get; set; } = 0.1;

    /// <summary>
    /// The share of its life after which a version that expires is refreshed, whatever the interval; a little earlier by <see cref="RefreshJitter"/>, and then after the
    /// rest of that share of what remains, so that one of few minutes is replaced in time. 0.1 to 1; 1 leaves it to the interval. Default 0.67, two thirds.
    /// </summary>
    public double RefreshAtLifeFraction { get; set; } = 0.67;

    /// <summary>What a version's date of expiry in its store means. Default <see cref="StoreExpiry.Ends"/>.</summary>
    public StoreExpiry Expiry { get; set; }

    /// <summary>How long a replaced version stays valid. 0 retires it at once. Default 24 h.</summary>
    public TimeSpan Overlap { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long after it was first seen a new version is promoted, for other sides that learn of it late. Default 0.</summary>
    public TimeSpan ActivationDelay { get; set; }

    /// <summary>How far clocks may differ: a replacement is promoted this much after its own not-before time. Default 5 min.</summary>
    public TimeSpan ClockSkew { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the last good set is served while the backend does not answer. Default <see langword="null"/>: until each version's own expiry.</summary>
    public TimeSpan? MaxStaleness { get; set; }

    /// <summary>At most one refresh in this time because of rejections, however many there are. Default 10 s.</summary>
    public TimeSpan RejectionRefreshInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>So many rejections of the current version in a row, with the previous one accepted meanwhile, lead to fallback. At least 1. Default 3.</summary>
    public int FallbackAfterRejections { get; set; } = 3;

    /// <summary>
    /// How long a version is paused after a fallback before it is tried again; doubles each time, up to <see cref="MaxFallbackPause"/>. More than 0. Default 5 min.
    /// </summary>
    public TimeSpan FallbackPause { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The longest pause after a fallback. At least <see cref="FallbackPause"/>. Default 1 h.</summary>
    public TimeSpan MaxFallbackPause { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// Whether a version that the backend itself calls pending (<c>AWSPENDING</c>) is presented when the other side has refused every other one: for a rotation that got no further than the other
    /// side. It never becomes current by that. Default <see langword="false"/>.
    /// </summary>
    public bool TryPendingLast { get; set; }

    /// <summary>The longest first wait after a failed refresh; doubles with each failure, with full jitter. Default 1 s.</summary>
    public TimeSpan MinBackoff { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The longest wait between failed refreshes. Default 5 min.</summary>
    public TimeSpan MaxBackoff { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>How long a probe may take before it counts as inconclusive. Default 10 s.</summary>
    public TimeSpan ProbeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Whether the probe is asked about each version once more after it was retired or revoked: does the other side really refuse it now? Needs a probe.
    /// Until it is refused or <see cref="RetirementProbeAttempts"/> are used up, the value is kept for this one purpose, and a version that leaked is
    /// presented to the other side again. Default <see langword="false"/>.
    /// </summary>
    public bool ProveRetirement { get; set; }

    /// <summary>
    /// How often the other side is asked about a version out of service until it refuses it, 1 to 1000. The waits in between double from 1 min to 1 h.
    /// Default 24, which is about 18 h.
    /// </summary>
    public int RetirementProbeAttempts { get; set; } = 24;

    /// <summary>How long nobody may have used an old version before the verdict calls it safe to revoke. 0 asks for no wait. Default 1 h.</summary>
    public TimeSpan QuietPeriod { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long what is made with a version stays valid and needs it: a signed link, a token, a presigned address. No version is safe to revoke before the last one made with it has ended.
    /// Default 0: nothing outlives its request. <see cref="Credential.RecordUse(DateTimeOffset)"/> says it for one.
    /// </summary>
    public TimeSpan ArtifactLifetime { get; set; }

    /// <summary>
    /// Whether an old version is safe to revoke only when the newer one was proven: by its probe, by an answer that an HttpClient's <c>ProvenBy</c> says proves it, by an answer where another
    /// version was refused, or by a login. Otherwise any answer that did not refuse it is enough, that of a public endpoint too. Default <see langword="null"/>: where the credential has a probe or
    /// a client with <c>ProvenBy</c>.
    /// </summary>
    public bool? RequireProof { get; set; }

    /// <summary>
    /// What happens to line endings at the end of a value that is text, whichever backend it is from. Default <see cref="TrailingNewline.TrimOne"/>. One that is left out or that stays is
    /// told in the log (event 129), but for the one that every file has.
    /// </summary>
    public TrailingNewline Newline { get; set; }

    /// <summary>
    /// The shortest value, in characters, that is a secret; 1 to 1024. A shorter one is refused before it is promoted. Default <see langword="null"/>: a key that
    /// callers present to us has at least 16, and of what we present ourselves fewer than 8 are a warning.
    /// </summary>
    public int? MinimumLength { get; set; }

    /// <summary>
    /// Whether any value is presented: also a placeholder, a template that was not filled in, white space, one character repeated, the credential's own name, or
    /// one that is shorter than <see cref="MinimumLength"/>. Such a value is never accepted from a caller, whatever this says. Default <see langword="false"/>:
    /// the version is not promoted, the one before stays, and an error names the rule.
    /// </summary>
    public bool AcceptAnyValue { get; set; }

    /// <summary>
    /// Whether a value that is out of service is refused when it comes back: from a restore, from a pipeline with a stale variable, or because the store calls its version current again. It is then neither
    /// presented nor accepted, and what is in use stays. Default <see langword="false"/>: a return is a rollback, which is told loudly and followed. A process that has just started knows of a
    /// former value only what the store still lists.
    /// </summary>
    public bool RefuseOldValues { get; set; }

    /// <summary>
    /// Whether each version is a certificate with its private key, in a form that <see cref="TlsCertificate"/> reads. A version is then valid as long as its leaf
    /// is (a backend's own dates can only narrow that): pending before, never presented afterwards. One that cannot be read is refused before it is promoted,
    /// with an error that tells why. Default <see langword="false"/>.
    /// </summary>
    public bool IsCertificate { get; set; }

    /// <summary>
    /// The credential whose value opens certificates that are encrypted: a PKCS#12 with a password, PEM with an encrypted PKCS#8 key. Any of its versions that may be presented does, and the
    /// one that did is held for as long as the store lists the certificate. Needs <see cref="IsCertificate"/>. Default <see langword="null"/>.
    /// </summary>
    public string? CertificatePassphrase { get; set; }
}
