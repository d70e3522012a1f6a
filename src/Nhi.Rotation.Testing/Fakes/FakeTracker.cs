namespace Nhi.Rotation.Testing;

/// <summary>Counts one consumer's uses of one version; while it is lent to a builder or a proof, none.</summary>
internal sealed class FakeTracker : CredentialTracker
{
    private readonly FakeProvidedVersion _version;
    private volatile bool _isLent;

    public FakeTracker(FakeProvidedVersion version, string consumer, bool isLent = false)
    {
        _version = version;
        Consumer = consumer;
        _isLent = isLent;
    }

    public override CredentialStage Stage => _version.Stage;

    public override string Consumer { get; }

    public override void RecordUse()
    {
        if (!_isLent)
        {
            _version.Count(Consumer);
        }
    }

    public override void BeginHold() => _version.CountHold(Consumer, 1);

    public override void EndHold() => _version.CountHold(Consumer, -1);

    /// <summary>The loan is over: whoever kept the credential counts.</summary>
    public void EndLoan() => _isLent = false;
}
