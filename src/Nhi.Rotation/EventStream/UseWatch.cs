namespace Nhi.Rotation.EventStream;

/// <summary>Compares who uses what with who did before. What is compared with is learned in the first hour; it dies with the process. Not safe for concurrent use.</summary>
internal sealed class UseWatch
{
    // Who uses an old version right after the start may have done so all along.
    private static readonly TimeSpan Learning = TimeSpan.FromHours(1);
    private static readonly TimeSpan Silence = TimeSpan.FromDays(7);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private const int Flood = 100;

    private readonly Dictionary<(string Credential, string Consumer, string? Caller), TimeSpan> _users = [];
    private readonly Dictionary<(string Credential, string Version, string Consumer, string? Caller), OldUse> _uses = [];
    private TimeSpan? _since;

    /// <summary>What is out of the ordinary since the look before.</summary>
    /// <param name="uses">All uses up to now.</param>
    /// <param name="at">The time, for people.</param>
    /// <param name="now">The time on the monotonic clock.</param>
    public IEnumerable<CredentialEvent> Look(IEnumerable<CredentialUse> uses, DateTimeOffset at, TimeSpan now)
    {
        var isFirst = _since is null;
        _since ??= now;
        var news = new List<(CredentialUse Use, OldUses Old, TimeSpan? SeenAt)>();
        foreach (var use in uses.Where(use => use.Uses > 0))
        {
            var key = (use.CredentialName, use.VersionId, use.Consumer, use.Caller);
            var known = _uses.GetValueOrDefault(key);
            if (known?.Uses != use.Uses)
            {
                _uses[key] = known ??= new OldUse();
                news.Add((use, known.Take(use), _users.TryGetValue((use.CredentialName, use.Consumer, use.Caller), out var seen) ? seen : null));
            }
        }

        foreach (var (use, _, _) in news)
        {
            _users[(use.CredentialName, use.Consumer, use.Caller)] = now;
        }

        return isFirst ? [] : [.. news.Where(one => one.Old.All > 0).SelectMany(one => Judge(one.Use, one.Old.OutOfService, one.SeenAt, at, now))];
    }

    private IEnumerable<CredentialEvent> Judge(CredentialUse use, long count, TimeSpan? seenAt, DateTimeOffset at, TimeSpan now)
    {
        var about = new CredentialEvent(CredentialEventKind.AbnormalUse, use.CredentialName, at) { VersionId = use.VersionId, Consumer = use.Consumer, Caller = use.Caller };
        if (seenAt is null ? now - _since >= Learning : now - seenAt >= Silence)
        {
            yield return about with { Reason = seenAt is null ? "new-user" : "back-after-silence" };
        }

        if (count == 0 || use.Stage is not (CredentialStage.Retired or CredentialStage.Revoked))
        {
            yield break;
        }

        var known = _uses[(use.CredentialName, use.VersionId, use.Consumer, use.Caller)];
        if (known.WindowEndsAt is not { } end || now >= end)
        {
            (known.WindowEndsAt, known.InWindow, known.IsTold) = (now + Window, 0, false);
            yield return about with { Kind = CredentialEventKind.OldVersionUsed, Reason = use.Stage == CredentialStage.Retired ? "retired" : "revoked" };
        }

        known.InWindow += count;
        if (known.InWindow > Flood && !known.IsTold)
        {
            known.IsTold = true;
            yield return about with { Reason = "flood" };
        }
    }

    private readonly record struct OldUses(long InOverlap, long OutOfService)
    {
        public long All => InOverlap + OutOfService;
    }

    private sealed class OldUse
    {
        public long Uses { get; private set; }

        public long InOverlap { get; private set; }

        public long OutOfService { get; private set; }

        public TimeSpan? WindowEndsAt { get; set; }

        public long InWindow { get; set; }

        public bool IsTold { get; set; }

        // What was used while the version was current is nothing out of the ordinary, however late it is noticed.
        public OldUses Take(CredentialUse use)
        {
            var old = new OldUses(use.ResidualInOverlap - InOverlap, use.ResidualRetired - OutOfService);
            (Uses, InOverlap, OutOfService) = (use.Uses, use.ResidualInOverlap, use.ResidualRetired);
            return old;
        }
    }
}
