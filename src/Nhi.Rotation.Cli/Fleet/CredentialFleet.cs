using System.Globalization;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Cli.Fleet;

/// <summary>Judges one credential's old versions over all instances. What is not known of an instance counts against revoking.</summary>
internal sealed class CredentialFleet
{
    private readonly string _name;
    private readonly IReadOnlyList<InstanceEvidence> _instances;
    private readonly FleetQuestion _question;
    private readonly VersionOrder _order;
    private readonly HashSet<string> _apps;

    public CredentialFleet(string name, IReadOnlyList<InstanceEvidence> instances, FleetQuestion question)
    {
        _name = name;
        _instances = instances;
        _question = question;
        InstanceEvidence[] knowing = [.. instances.Where(instance => instance.Credentials.ContainsKey(name))];
        _order = new VersionOrder([.. knowing.Select(instance => instance.Credentials[name])]);
        _apps = [.. knowing.Select(instance => instance.App)];
    }

    /// <summary>Each old version. Old somewhere is old everywhere: an instance that missed the rotation is the one to find. The first instance to see the switch dates it.</summary>
    public IEnumerable<FleetRotation> Judge() =>
        from history in _instances.SelectMany(instance => instance.Credentials.GetValueOrDefault(_name)?.Histories ?? [])
        where history.IsOld && (_question.OldVersion is null || history.VersionId == _question.OldVersion)
        group history by history.VersionId into version
        let first = version.MinBy(history => history.SupersededAt)
        orderby first.SupersededAt
        select Judge(first);

    private FleetRotation Judge(VersionHistory old)
    {
        var successors = SuccessorsIn(old);
        InstanceVerdict[] verdicts = [.. _instances.Select(instance => Judge(instance, old, successors)).OfType<InstanceVerdict>()];
        InstanceVerdict[] concerned = [.. verdicts.Where(verdict => verdict.IsConcerned)];
        var described = _instances.Last(instance => instance.Credentials.GetValueOrDefault(_name)?.Find(old.VersionId) is not null).Credentials[_name];
        return new FleetRotation
        {
            CredentialName = _name,
            Owner = described.Owner,
            Purpose = described.Purpose,
            From = old.VersionId,
            To = old.End.ReplacedBy,
            Instances = [.. (concerned.Length > 0 ? concerned : verdicts).OrderByDescending(verdict => FleetRotation.Rank(verdict.Verdict.Kind)).ThenBy(verdict => verdict.Instance, StringComparer.Ordinal)],
        };
    }

    private InstanceVerdict? Judge(InstanceEvidence instance, VersionHistory old, IReadOnlyDictionary<InstanceEvidence, Successors> successors)
    {
        var isOver = instance.IsClosed || _question.Gone.Contains(instance.Instance);
        var asOf = isOver ? _question.Now : instance.LastAt ?? DateTimeOffset.MinValue;
        var credential = instance.Credentials.GetValueOrDefault(_name);

        // An instance that is over can use nothing any more, but what it ran may run elsewhere in the app: there its consumers must have moved.
        Successors[] known = [.. from other in successors where other.Key == instance || (isOver && other.Key.App == instance.App) select other.Value];
        if (credential?.Find(old.VersionId) is not { } own)
        {
            return (isOver ? UnknownUsers(credential, old, known) : Unknown(instance, credential, old)) is { } unknown
                ? new InstanceVerdict(instance.App, instance.Instance, isOver, asOf, Without(old, unknown), IsConcerned: true)
                : null;
        }

        if (!own.IsOld)
        {
            own = own with { Stage = isOver ? CredentialStage.Previous : own.Stage, End = own.End with { SupersededAt = old.SupersededAt, ReplacedBy = old.End.ReplacedBy } };
        }

        CredentialUse[] uses = [.. credential.Uses.Select(use => AsOf(use, instance, isOver))];
        var evidence = RotationJudge.Judge(own, credential.Histories, uses, known, _question.QuietPeriod ?? credential.QuietPeriod, asOf);
        var isConcerned = evidence.Verdict.Kind != VerdictKind.InOverlap || evidence.Uses.Count > 0 || !own.IsOld;
        if ((!isConcerned || evidence.Verdict.Kind == VerdictKind.SafeToRevoke) && !isOver && Gap(instance) is { } gap)
        {
            (evidence, isConcerned) = (evidence with { Verdict = NotProven(old, gap) }, true);
        }

        return new InstanceVerdict(instance.App, instance.Instance, isOver, asOf, evidence, isConcerned);
    }

    // Why the last line of an instance that may run says too little of now.
    private string? Gap(InstanceEvidence instance)
    {
        if (instance.LastAt is not { } last)
        {
            return "Its file has no line that says anything.";
        }

        var age = _question.Now - last;
        var time = last.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        return age > _question.MaxAge ? $"Its evidence ends at {time} without a closing line: it died, hangs or cannot write, its clock is behind, or the end is missing. If it is gone, say --gone {instance.Instance}."
            : -age > _question.MaxAge ? $"Its evidence reaches to {time}, which is yet to come: its clock is ahead, or this one's is behind."
            : null;
    }

    // Of an instance that may run and has no word of the version.
    private RotationVerdict? Unknown(InstanceEvidence instance, CredentialEvidence? credential, VersionHistory old)
    {
        var gap = Gap(instance);
        if (credential is null)
        {
            return instance.Credentials.Count == 0 ? NotProven(old, gap ?? "It has not said yet which credentials it has.")
                : gap is not null && _apps.Contains(instance.App) ? NotProven(old, gap)
                : null;
        }

        return credential.Histories.Count == 0 ? NotProven(old, gap ?? "It has not loaded any version yet.")
            : !_order.IsComparable(credential, old.VersionId) ? NotProven(old, $"It calls versions by ids that no other instance knows ({credential.Histories[^1].VersionId}), so it may use this one. Give versions the same ids everywhere (FingerprintKey for plain files); if it is another secret, give it another name.")
            : gap is not null ? NotProven(old, gap)
            : null;
    }

    // Of an instance that is over, and whose ids say nothing: whoever used any version may have used this one, and must be seen on a newer one.
    private RotationVerdict? UnknownUsers(CredentialEvidence? credential, VersionHistory old, Successors[] known)
    {
        if (credential is null || _order.IsComparable(credential, old.VersionId))
        {
            return null;
        }

        CredentialUse[] unproven =
        [
            .. from use in credential.Uses
               where use.Uses > 0 && known.All(newer => newer.MovedAt(use, old.SupersededAt) is null)
               group use by (use.Consumer, use.Caller) into user
               select user.MaxBy(use => use.LastUse),
        ];
        return unproven.Length == 0
            ? null
            : NotProven(old, [.. unproven.Select(user => $"{user.Consumer}{(user.Caller is null ? "" : $" (caller {user.Caller})")} used a version under an id that no other instance knows, and has not been seen on a newer version.")]) with { Unproven = unproven };
    }

    // Who used a newer version, in each instance by its own clock; only where the old one was never known, by the order that the others tell.
    private Dictionary<InstanceEvidence, Successors> SuccessorsIn(VersionHistory old)
    {
        var newer = _order.Newer(old.VersionId);
        Dictionary<InstanceEvidence, Successors> all = [];
        foreach (var instance in _instances)
        {
            if (instance.Credentials.GetValueOrDefault(_name) is { } credential)
            {
                all.Add(instance, credential.Find(old.VersionId) is { } known
                    ? Successors.Of(known, credential.Histories, credential.Uses)
                    : Successors.Of(credential.Histories.Where(history => newer.Contains(history.VersionId)), credential.Uses, old.SupersededAt));
            }
        }

        return all;
    }

    // What was open when the evidence ends was in use until then; it did not outlive its process.
    private static CredentialUse AsOf(CredentialUse use, InstanceEvidence instance, bool isOver) =>
        use.Held == 0 ? use : use with { LastUse = instance.LastAt, Held = isOver ? 0 : use.Held };

    private RotationEvidence Without(VersionHistory old, RotationVerdict verdict) =>
        new() { CredentialName = _name, From = old.VersionId, To = old.End.ReplacedBy, Stage = CredentialStage.Pending, Old = old.Timeline, Uses = [], Verdict = verdict };

    private static RotationVerdict NotProven(VersionHistory old, params string[] reasons) =>
        new() { Kind = VerdictKind.InOverlap, Since = old.SupersededAt, Reasons = reasons };
}
