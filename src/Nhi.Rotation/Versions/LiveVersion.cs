using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Versions;

/// <summary>One version with its value, as long as the value is worth holding.</summary>
internal sealed class LiveVersion
{
    public LiveVersion(VersionRecord record) => Record = record;

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

    /// <summary>A credential for building or probing, whose uses count for the consumer once <see cref="LentTracker.End"/> was called; none if the value is gone.</summary>
    public (Credential Credential, LentTracker Loan)? Lend(string consumer)
    {
        if (Value is null)
        {
            return null;
        }

        var loan = new LentTracker(Record.ForConsumer(consumer));
        return (new Credential(Record.CredentialName, Id, Value, loan), loan);
    }
}
