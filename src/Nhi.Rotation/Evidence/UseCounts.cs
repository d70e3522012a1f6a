namespace Nhi.Rotation.Evidence;

/// <summary>What is booked of one record's uses, once there are any: split by stage, dated, and what goes on. Guarded by the lock of all evidence.</summary>
internal sealed class UseCounts
{
    // UTC ticks, 0 for never.
    private long _firstUse;
    private long _lastUse;
    private long _cut;
    private long _carried;
    private long _inOverlap;
    private long _retired;
    private long _notedRetired;
    private long _validUntil;
    private int _lost;
    private int _notedLost;
    private int _notedOpen;
    private CredentialStage _notedStage;

    /// <summary>Uses that go on.</summary>
    public int Open { get; set; }

    /// <summary>One of them was lost: it may go on.</summary>
    public void Lose()
    {
        Open--;
        _lost++;
    }

    /// <summary>How many were lost since the last call.</summary>
    public int TakeLost()
    {
        var lost = _lost - _notedLost;
        _notedLost = _lost;
        return lost;
    }

    /// <summary>Something was made that is valid until then.</summary>
    public void Extend(DateTimeOffset until) => _validUntil = Math.Max(_validUntil, until.UtcTicks);

    /// <summary>New uses, or uses that go on, were noticed.</summary>
    /// <returns>Whether they are the first.</returns>
    public bool Stamp(DateTimeOffset now)
    {
        var isFirst = _firstUse == 0;
        _firstUse = isFirst ? now.UtcTicks : _firstUse;
        _lastUse = now.UtcTicks;
        return isFirst;
    }

    /// <summary>Books the uses since the last cut to the stage that ends.</summary>
    public void Cut(long total, CredentialStage ended, CredentialStage begun)
    {
        Book(ended, total - _cut, ref _inOverlap, ref _retired);
        _cut = total;

        // What is open is used in the new stage too. Not so at a revocation: nobody can close a connection before it is known, so there only staying open counts.
        if (Open > 0 && (begun is CredentialStage.Previous or CredentialStage.Retired))
        {
            _carried += Open;
            Book(begun, Open, ref _inOverlap, ref _retired);
        }
    }

    /// <summary>Whether the version was used out of service since the last call, or is so still. What was used before that is nobody's fault.</summary>
    public bool TakeResidual(long total, CredentialStage stage)
    {
        var (inOverlap, retired) = (_inOverlap, _retired);
        Book(stage, total - _cut, ref inOverlap, ref retired);
        var isResidual = retired > _notedRetired || (Open > 0 && stage is CredentialStage.Retired or CredentialStage.Revoked);
        _notedRetired = retired;
        return isResidual;
    }

    /// <summary>Whether a sweep has something new to tell of what is open. Asking makes it old.</summary>
    public bool IsNews(CredentialStage stage)
    {
        var isNews = _notedOpen != Open || (_notedStage != stage && Open > 0);
        _notedOpen = Open;
        _notedStage = stage;
        return isNews;
    }

    /// <summary>The counts in a use of a version in <paramref name="use"/>'s stage.</summary>
    public CredentialUse Fill(CredentialUse use)
    {
        var (inOverlap, retired) = (_inOverlap, _retired);
        Book(use.Stage, use.Uses - _cut, ref inOverlap, ref retired);
        return use with
        {
            Uses = use.Uses + _carried,
            ResidualInOverlap = inOverlap,
            ResidualRetired = retired,
            Held = Open,
            LostHolds = _lost,
            ValidUntil = ToMoment(_validUntil),
            FirstUse = ToMoment(_firstUse),
            LastUse = ToMoment(_lastUse),
        };
    }

    private static DateTimeOffset? ToMoment(long ticks) => ticks == 0 ? null : new DateTimeOffset(ticks, TimeSpan.Zero);

    private static void Book(CredentialStage stage, long uses, ref long inOverlap, ref long retired)
    {
        if (stage == CredentialStage.Previous)
        {
            inOverlap += uses;
        }
        else if (stage is CredentialStage.Retired or CredentialStage.Revoked)
        {
            retired += uses;
        }
    }
}
