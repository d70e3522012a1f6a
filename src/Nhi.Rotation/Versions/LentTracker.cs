namespace Nhi.Rotation.Versions;

/// <summary>
/// Counts nothing while a builder or a probe runs, which is no use; afterwards, for whoever kept the credential, it counts like the consumer's own.
/// </summary>
internal sealed class LentTracker(CredentialTracker own) : CredentialTracker
{
    private readonly Lock _gate = new();
    private int _open;
    private volatile bool _isOver;

    public override CredentialStage Stage => own.Stage;

    public override string Consumer => own.Consumer;

    public override void RecordUse()
    {
        if (_isOver)
        {
            own.RecordUse();
        }
    }

    public override void NoteGiven(object given) => own.NoteGiven(given);

    public override void BeginHold()
    {
        if (!Change(1))
        {
            own.BeginHold();
        }
    }

    public override void EndHold()
    {
        if (!Change(-1))
        {
            own.EndHold();
        }
    }

    public override void LoseHold()
    {
        // What a builder dropped while it ran was for its test, and is over with the loan's own count.
        if (!Change(-1))
        {
            own.LoseHold();
        }
    }

    public override void RecordUse(DateTimeOffset until)
    {
        if (_isOver)
        {
            own.RecordUse(until);
        }
    }

    /// <summary>The loan is over. What was opened with it and goes on is a use from now on.</summary>
    public void End()
    {
        int open;
        lock (_gate)
        {
            _isOver = true;
            open = _open;
        }

        for (var i = 0; i < open; i++)
        {
            own.RecordUse();
            own.BeginHold();
        }
    }

    // Whether the loan was still on.
    private bool Change(int by)
    {
        lock (_gate)
        {
            _open += _isOver ? 0 : by;
            return !_isOver;
        }
    }
}
