using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Providers;

/// <summary>One version with its value, as long as the value is worth holding.</summary>
internal sealed class KnownVersion
{
    public KnownVersion(VersionRecord record) => Record = record;

    public VersionRecord Record { get; }

    public string Id => Record.VersionId;

    /// <summary>Dropped when the version is revoked, or retired and no longer listed, and no proof of its refusal is open.</summary>
    public SecretValue? Value { get; private set; }

    /// <summary>Kept when the value is dropped, to recognise late users.</summary>
    public VersionFingerprint? Fingerprint { get; private set; }

    public void Keep(SecretValue value)
    {
        Value = value;
        Fingerprint = VersionFingerprint.Of(new Credential(Record.CredentialName, Record.VersionId, value).RevealBytes().Span);
    }

    public void DropValue() => Value = null;
}
