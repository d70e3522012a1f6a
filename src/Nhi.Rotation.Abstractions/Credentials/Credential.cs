using System.Diagnostics;
using Nhi.Rotation.Time;

namespace Nhi.Rotation;

/// <summary>
/// One version of a credential. Revealing it is using it: each call of <see cref="Reveal"/> or <see cref="RevealBytes"/> counts one use
/// of this version by <see cref="Consumer"/>, so code that captured a version and still reveals it after a rotation shows up as residual use.
/// </summary>
/// <remarks>
/// Immutable but for <see cref="Stage"/>, which is live, and safe for concurrent use. Keep it for the length of one operation and ask the
/// provider again for the next one. There is nothing to dispose. <see cref="ToString"/>, debugger views and serializers never show the value.
/// </remarks>
[DebuggerDisplay("{ToString(),nq}")]
public sealed class Credential
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly SecretValue? _value;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly CredentialTracker? _tracker;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private string? _text;

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private byte[]? _bytes;

    private readonly PackedTime _createdOn;
    private readonly PackedTime _notBefore;
    private readonly PackedTime _expiresOn;

    /// <summary>Makes a credential. Applications get theirs from a provider; this is for custom engines and for tests.</summary>
    /// <param name="name">The credential's name.</param>
    /// <param name="versionId">The backend's id of the version. Never the value or anything it could be guessed from.</param>
    /// <param name="value">The value.</param>
    /// <param name="tracker">Counts uses and knows the stage; without one nothing is counted and the stage is <see cref="CredentialStage.Current"/>.</param>
    public Credential(string name, string versionId, SecretValue value, CredentialTracker? tracker = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        ArgumentNullException.ThrowIfNull(value);
        Name = name;
        VersionId = versionId;
        _value = value;
        _tracker = tracker;
    }

    private Credential(Credential known)
    {
        Name = known.Name;
        VersionId = known.VersionId;
        _tracker = known._tracker;
        CreatedOn = known.CreatedOn;
        NotBefore = known.NotBefore;
        ExpiresOn = known.ExpiresOn;
    }

    /// <summary>The credential's name, as registered.</summary>
    public string Name { get; }

    /// <summary>The backend's id of this version.</summary>
    public string VersionId { get; }

    /// <summary>Who uses it: the part of the app that asked the provider. Empty when nothing is tracked.</summary>
    public string Consumer => _tracker?.Consumer ?? string.Empty;

    /// <summary>Where this version stands now. Live: it changes when the version is replaced, retired or revoked.</summary>
    public CredentialStage Stage => _tracker?.Stage ?? CredentialStage.Current;

    /// <summary>When the backend created the version, if it says so. In UTC.</summary>
    public DateTimeOffset? CreatedOn
    {
        get => _createdOn.Utc;
        init => _createdOn = PackedTime.Of(value);
    }

    /// <summary>From when on the version is valid, if the backend says so. In UTC.</summary>
    public DateTimeOffset? NotBefore
    {
        get => _notBefore.Utc;
        init => _notBefore = PackedTime.Of(value);
    }

    /// <summary>Until when the version is valid, if the backend says so. In UTC.</summary>
    public DateTimeOffset? ExpiresOn
    {
        get => _expiresOn.Utc;
        init => _expiresOn = PackedTime.Of(value);
    }

    /// <summary>The value as text; counts one use. Made for this consumer alone: whoever still keeps it when the version was replaced is found by it, and named.</summary>
    /// <exception cref="CredentialFormatException">The value is binary and not valid UTF-8.</exception>
    public string Reveal()
    {
        _tracker?.RecordUse();
        return _text ?? RevealFirst();
    }

    /// <summary>
    /// The value as bytes (text as UTF-8 without a byte order mark); counts one use. Do not write to the memory behind it. Made for this consumer alone, as the text of
    /// <see cref="Reveal"/> is.
    /// </summary>
    public ReadOnlyMemory<byte> RevealBytes()
    {
        _tracker?.RecordUse();
        return _bytes ?? RevealFirstBytes();
    }

    /// <summary>
    /// The same version without its value, for what lives as long as a connection does: it knows the stage and can be held, but keeps nothing secret in memory once the version is
    /// retired. Revealing it throws an <see cref="InvalidOperationException"/>.
    /// </summary>
    public Credential WithoutValue() => _value is null ? this : new Credential(this);

    /// <summary>
    /// Says that this version is in use for as long as something lives that was opened with it: a connection, a session, a certificate that is being served.
    /// Counts one use now. A hold that is still open when its version is replaced is residual use, and keeps the verdict from being safe until it ends.
    /// </summary>
    /// <returns>
    /// Keep it, and dispose it when that something is closed; disposing it again does nothing. One that is dropped and garbage-collected is lost, not ended: a warning is logged, and the
    /// version is not proven to be safe to revoke any more, because nobody knows whether that something is closed.
    /// </returns>
    /// <remarks>For uses that last seconds or more; a single request or command needs none. It takes a lock for a moment.</remarks>
    public IDisposable Hold()
    {
        if (_tracker is null)
        {
            return NoHold.Instance;
        }

        _tracker.RecordUse();
        return CredentialHold.Begin(_tracker);
    }

    /// <summary>The same for something that is an object: the hold ends when it is disposed, or else when nobody refers to <paramref name="owner"/> any more.</summary>
    /// <param name="owner">What was opened: a connection, a session. It is not kept.</param>
    /// <param name="countsUse">Whether that is a use that was not counted before; <see langword="false"/> after a reveal for it.</param>
    /// <returns>Dispose it when that is closed, if you know.</returns>
    public IDisposable Hold(object owner, bool countsUse = true)
    {
        ArgumentNullException.ThrowIfNull(owner);
        if (_tracker is null)
        {
            return NoHold.Instance;
        }

        if (countsUse)
        {
            _tracker.RecordUse();
        }

        return CredentialHold.Begin(_tracker, owner);
    }

    /// <summary>Counts one use of something that was made from this version before: a header, a client, a key object. Reveals nothing.</summary>
    public void RecordUse() => _tracker?.RecordUse();

    /// <summary>
    /// Counts one use whose result stays valid after it: a link, a token or an address that was signed with this version. The version is not safe to revoke before that.
    /// <c>CredentialOptions.ArtifactLifetime</c> says it for all uses of a credential.
    /// </summary>
    /// <param name="until">When that ends.</param>
    public void RecordUse(DateTimeOffset until) => _tracker?.RecordUse(until);

    /// <summary>Name, version and stage; never the value.</summary>
    public override string ToString() => $"{Name} {VersionId} ({Stage})";

    /// <summary>Something was read out of the value, which is the value in another form: whoever keeps it is found. What is taken out of it in turn is not: drivers keep a password for longer than they need it.</summary>
    internal T Made<T>(T made)
        where T : class
    {
        _tracker?.NoteGiven(made);
        return made;
    }

    private string RevealFirst()
    {
        if (!(_value ?? throw NoValue()).TryGetText(out var text))
        {
            throw new CredentialFormatException(Name, $"version '{VersionId}' is binary and not valid UTF-8", "Call RevealBytes() for this credential.");
        }

        return Give(ref _text, text);
    }

    private byte[] RevealFirstBytes()
    {
        var bytes = (_value ?? throw NoValue()).GetBytes();
        return _tracker is null ? bytes : Give(ref _bytes, [.. bytes]);
    }

    // Two threads may come first at once: both get the same object, and it is told once.
    private T Give<T>(ref T? place, T given)
        where T : class
    {
        if (Interlocked.CompareExchange(ref place, given, null) is { } other)
        {
            return other;
        }

        _tracker?.NoteGiven(given);
        return given;
    }

    private InvalidOperationException NoValue() => new($"Credential '{Name}': this is version '{VersionId}' without its value. Reveal the one that the provider gave you.");
}
