namespace Nhi.Rotation;

/// <summary>What <see cref="IRotatingCredentialProvider.Match"/> found: which version, if any, somebody presented to us.</summary>
public readonly record struct CredentialMatch
{
    private readonly string? _versionId;
    private readonly CredentialTracker? _tracker;

    /// <summary>Makes a match.</summary>
    /// <param name="versionId">The version that was recognised, or <see langword="null"/> for an unknown value.</param>
    /// <param name="stage">The stage of that version; ignored for an unknown value.</param>
    /// <param name="isAccepted">Whether the value is valid here and now.</param>
    /// <param name="tracker">Counts the uses of that version by whoever presented it; without one <see cref="Hold"/> holds nothing.</param>
    public CredentialMatch(string? versionId, CredentialStage stage, bool isAccepted, CredentialTracker? tracker = null)
    {
        _versionId = versionId;
        _tracker = tracker;
        Stage = stage;
        IsAccepted = isAccepted && versionId is not null;
    }

    /// <summary>The value is valid: it is the current version, one in overlap, or a pending one whose time has come.</summary>
    public bool IsAccepted { get; }

    /// <summary>The value is one of ours, accepted or not. Recognised and not accepted is the alert: somebody still uses a retired or revoked key.</summary>
    public bool IsRecognized => _versionId is not null;

    /// <summary>The version that was recognised, or <see langword="null"/>.</summary>
    public string? VersionId => _versionId;

    /// <summary>The stage of the recognised version. Meaningless when <see cref="IsRecognized"/> is <see langword="false"/>.</summary>
    public CredentialStage Stage { get; }

    /// <summary>The stage of the recognised version now. Live, unlike <see cref="Stage"/>.</summary>
    public CredentialStage LiveStage => _tracker?.Stage ?? Stage;

    /// <summary>For a version in overlap: when it was replaced. Otherwise <see langword="null"/>.</summary>
    public DateTimeOffset? SupersededAt { get; init; }

    /// <summary>For a version in overlap: until when it is accepted, unless something ends it earlier. Otherwise <see langword="null"/>.</summary>
    public DateTimeOffset? ValidUntil { get; init; }

    /// <summary>
    /// Says that what was opened with the version goes on: a session, a stream, a connection. As <see cref="Credential.Hold()"/>, by whoever presented it; the use
    /// itself was counted when it was recognised.
    /// </summary>
    /// <returns>Dispose it when that something is closed. Disposing it again does nothing. One that is dropped is lost, as <see cref="Credential.Hold()"/> says.</returns>
    public IDisposable Hold() => _tracker is null ? NoHold.Instance : CredentialHold.Begin(_tracker);

    /// <summary>Whether both found the same, whoever presented it.</summary>
    public bool Equals(CredentialMatch other) =>
        (_versionId, Stage, IsAccepted, SupersededAt, ValidUntil) == (other._versionId, other.Stage, other.IsAccepted, other.SupersededAt, other.ValidUntil);

    /// <inheritdoc />
    public override int GetHashCode() => HashCode.Combine(_versionId, Stage, IsAccepted, SupersededAt, ValidUntil);
}
