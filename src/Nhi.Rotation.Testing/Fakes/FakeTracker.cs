namespace Nhi.Rotation.Testing;

/// <summary>Counts one consumer's uses of one version.</summary>
internal sealed class FakeTracker : CredentialTracker
{
    private readonly FakeProvidedVersion _version;

    public FakeTracker(FakeProvidedVersion version, string consumer)
    {
        _version = version;
        Consumer = consumer;
    }

    public override CredentialStage Stage => _version.Stage;

    public override string Consumer { get; }

    public override void RecordUse() => _version.Count(Consumer);

    public override void BeginHold() => _version.CountHold(Consumer, 1);

    public override void EndHold() => _version.CountHold(Consumer, -1);
}
