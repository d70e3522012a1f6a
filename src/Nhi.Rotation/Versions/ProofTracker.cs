namespace Nhi.Rotation.Versions;

/// <summary>
/// Counts nothing while a proof is being checked with its credential on the same thread; for whoever kept the credential it counts like the consumer's own. One serves
/// all proofs of a consumer, so that checking one allocates nothing. What a proof reads is kept for the next one, here, as long as the version is accepted: nobody else has it.
/// </summary>
internal sealed class ProofTracker(CredentialTracker own) : CredentialTracker
{
    [ThreadStatic]
    private static ProofTracker? _checking;

    public override CredentialStage Stage => own.Stage;

    public override string Consumer => own.Consumer;

    public override void RecordUse()
    {
        if (_checking != this)
        {
            own.RecordUse();
        }
    }

    public override void BeginHold() => own.BeginHold();

    public override void EndHold() => own.EndHold();

    public override void LoseHold() => own.LoseHold();

    public override void RecordUse(DateTimeOffset until)
    {
        if (_checking != this)
        {
            own.RecordUse(until);
        }
    }

    /// <summary>Checks a proof with the credential that has this tracker.</summary>
    public bool Check(Func<Credential, bool> proves, Credential credential)
    {
        var outer = _checking;
        _checking = this;
        try
        {
            return proves(credential);
        }
        finally
        {
            _checking = outer;
        }
    }
}
