using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>Judges one credential's old versions over all instances. What is not known of an instance counts against revoking.</summary>
internal sealed class CredentialFleet
{
    private readonly string _name;
    private readonly IReadOnlyList<Presence> _instances;
    private readonly FleetQuestion _question;
    private readonly InstanceEvidence[] _knowing;
    private readonly VersionOrder _order;
    private readonly HashSet<string> _apps;
    private readonly HashSet<InstanceEvidence> _lastRuns;
    private readonly SharedValues _shared;
    private readonly FleetSecrets _secrets;
    private readonly Hunts _hunts;
    private readonly WorkingVersions _working;

    public CredentialFleet(string name, IReadOnlyList<Presence> instances, FleetQuestion question, FleetSecrets secrets, Hunts hunts)
    {
        _name = name;
        _secrets = secrets;
        _hunts = hunts;
        _instances = instances;
        _question = question;
        _knowing = [.. instances.Select(instance => instance.Evidence).Where(instance => instance.Credentials.ContainsKey(name))];
        _order = new VersionOrder([.. _knowing.Select(instance => instance.Credentials[name])]);
        _apps = [.. _knowing.Select(instance => instance.App)];
        _lastRuns =
        [
            .. from instance in _knowing
               where OldVersions.CurrentOf(instance.Credentials[name]) is not null
               group instance by (instance.App, instance.Place) into runs
               select runs.MaxBy(run => run.StartedAt),
        ];
        InstanceEvidence[] serving = [.. instances.Where(instance => !instance.IsOver || _lastRuns.Contains(instance.Evidence)).Select(instance => instance.Evidence).Where(_knowing.Contains)];
        _shared = new SharedValues(_knowing, serving, name);
        _working = new WorkingVersions(_knowing, name);
    }

    /// <summary>Each old version. Old somewhere is old everywhere: an instance that missed the rotation is the one to find. The first instance to see the switch dates it.</summary>
    public IEnumerable<FleetRotation> Judge() =>
        from old in OldVersions.Find(_name, _knowing, _order)
        where _question.OldVersion is null || old.Id == _question.OldVersion
        select Judge(old);

    private FleetRotation Judge(OldVersion old)
    {
        var successors = SuccessorsIn(old);
        var moves = new RunMoves(successors, old.SupersededAt);
        InstanceVerdict[] verdicts = [.. _instances.Select(instance => Judge(instance, old, successors, moves)).OfType<InstanceVerdict>(), .. _hunts.Found(old).Select(found => Hunted(found, old))];
        InstanceVerdict[] concerned = [.. verdicts.Where(verdict => verdict.IsConcerned)];
        var described = _knowing.Last(instance => instance.Credentials[_name].Find(old.Id) is not null).Credentials[_name];
        return new FleetRotation
        {
            CredentialName = _name,
            Owner = described.Owner,
            Purpose = described.Purpose,
            From = old.Id,
            To = old.History.End.ReplacedBy,
            IsInferred = old.IsInferred,
            Hunts = _hunts.InVain(old),
            Instances = [.. (concerned.Length > 0 ? concerned : verdicts).OrderByDescending(verdict => FleetRotation.Rank(verdict.Verdict.Kind)).ThenBy(verdict => verdict.Instance, StringComparer.Ordinal)],
        };
    }

    private InstanceVerdict? Judge(Presence presence, OldVersion old, Dictionary<InstanceEvidence, Successors> successors, RunMoves moves)
    {
        var (instance, isOver, asOf, _, _, _) = presence;
        var credential = instance.Credentials.GetValueOrDefault(_name);
        if (credential?.Find(old.Id) is not { } own)
        {
            var unknown = LossOf(presence, old, own: null) ?? (isOver ? UnknownUsers(instance, credential, old, successors, moves) : Unknown(presence, credential, old));
            return unknown is null ? null : new InstanceVerdict(instance.App, instance.Instance, isOver, asOf, Without(old, unknown), IsConcerned: true);
        }

        var isStale = own.Stage == CredentialStage.Current && instance.StartedAt > old.SupersededAt;
        var newer = Declared(instance, old, isOver ? moves.Of(instance, successors[instance], isStale) : successors[instance].ToNewerUse(old.SupersededAt));
        var isDatedElsewhere = !own.IsOld;
        if (isDatedElsewhere)
        {
            own = own with { Stage = isOver ? CredentialStage.Previous : own.Stage, End = own.End with { SupersededAt = old.SupersededAt, ReplacedBy = old.History.End.ReplacedBy } };
        }

        CredentialUse[] uses = [.. credential.Uses.Select(use => AsOf(use, presence))];
        (own, uses) = LateUses(own, uses, old);
        var evidence = RotationJudge.Judge(own, credential.Histories, uses, newer, _question.Terms(credential, _working.RequiresProof), asOf, isDatedElsewhere);
        return Doubt(presence, old, own, evidence, isStale) is { } doubt
            ? new InstanceVerdict(instance.App, instance.Instance, isOver, asOf, evidence with { Verdict = doubt }, IsConcerned: true)
            : new InstanceVerdict(instance.App, instance.Instance, isOver, asOf, Explained(evidence, presence), evidence.Verdict.Kind != VerdictKind.InOverlap || evidence.Uses.Count > 0 || (isDatedElsewhere && !isOver));
    }

    // A consumer whose code is gone has nowhere to move to.
    private NewerUse Declared(InstanceEvidence instance, OldVersion old, NewerUse newer) =>
        newer with { MovedAt = use => newer.MovedAt(use) ?? (_question.IsRetired(instance.App, use.Consumer) ? old.SupersededAt : null) };

    // Why what the instance shows is not enough, though nothing that it shows speaks against it.
    private RotationVerdict? Doubt(Presence presence, OldVersion old, VersionHistory own, RotationEvidence evidence, bool isStale) =>
        !SpeaksForIt(evidence) ? null
        : Twin(presence, old, isRefused: evidence.Verdict.Kind == VerdictKind.ProvenRevoked) is { Length: > 0 } twin ? NotProven(old, twin)
        : evidence.Verdict.Kind != VerdictKind.ProvenRevoked && !presence.IsOver && !_working.HasOther(presence.Evidence, old.Id) ? NotProven(old, "What took its place in service has not been accepted by the other side yet.")
        : presence.Gap is { } gap && evidence.Verdict.Kind != VerdictKind.ProvenRevoked ? NotProven(old, gap)
        : isStale && presence.IsOver && _lastRuns.Contains(presence.Evidence) ? NotProven(old, "It is current in the run that started last here: it came back, or there is a stale copy of it.")
        : presence.IsGone && own.IsAnswered && evidence.Uses.Count == 0 ? NotProven(old, "It was accepted there, and who used it was not written before the process was killed.")
        : LossOf(presence, old, own);

    // What is waited for may be words of a process that is gone.
    private static RotationEvidence Explained(RotationEvidence evidence, Presence presence) =>
        (presence.Note ?? presence.Gap) is { } why && evidence.Verdict.Kind is VerdictKind.InOverlap or VerdictKind.StillUsed
            ? evidence with { Verdict = evidence.Verdict with { Reasons = [.. evidence.Verdict.Reasons, why] } }
            : evidence;

    // Which version in service is the same secret, as far as anybody can know.
    private string[] Twin(Presence presence, OldVersion old, bool isRefused) =>
        _shared.InService(old.Id) is { } twin ? [VerdictWords.SameValue(twin)]
        : _secrets.Elsewhere(_name, old.Id, _apps) is { } other ? [other]
        : !isRefused && _shared.IsUncompared(presence.Evidence, old.Id) ? [VerdictWords.NeverSeen, "One FingerprintKey for the evidence of all runs lets them compare."]
        : [];

    private static bool SpeaksForIt(RotationEvidence evidence) =>
        evidence.Verdict.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked || (evidence.Verdict.Kind == VerdictKind.InOverlap && evidence.Uses.Count == 0);

    // A revocation in any chain holds for all. Clocks that are a little off, and who has not heard of it yet, accuse nobody.
    private (VersionHistory Own, CredentialUse[] Uses) LateUses(VersionHistory own, CredentialUse[] uses, OldVersion old)
    {
        var end = old.RevokedAt + _question.MaxAge;
        return own.Stage == CredentialStage.Revoked || !uses.Any(use => use.VersionId == old.Id && use.LastUse > end)
            ? (own, uses)
            : (
                own with { Stage = CredentialStage.Revoked, End = own.End with { RevokedAt = old.RevokedAt, RetirementProbe = own.End.RetirementProbe ?? old.Refusal } },
                [.. uses.Select(use => use.VersionId == old.Id && use.LastUse > end ? use with { ResidualRetired = use.FirstUse > end ? use.Uses : Math.Max(1, use.ResidualRetired) } : use)]);
    }

    // Of an instance that may run and has no word of the version.
    private RotationVerdict? Unknown(Presence presence, CredentialEvidence? credential, OldVersion old)
    {
        var gap = presence.Gap;
        if (credential is null)
        {
            return presence.Evidence.Credentials.Count == 0 ? NotProven(old, gap ?? "It has not said yet which credentials it has.")
                : gap is not null && _apps.Contains(presence.Evidence.App) ? NotProven(old, gap)
                : null;
        }

        return credential.Histories.Count == 0 ? NotProven(old, gap ?? "It has not loaded any version yet.")
            : !_order.IsComparable(credential, old.Id) ? NotProven(old, $"It calls versions by ids that no other instance knows ({credential.Histories[^1].VersionId}), so it may use this one. Give versions the same ids everywhere (FingerprintKey for plain files); if it is another secret, give it another name.")
            : gap is not null ? NotProven(old, gap)
            : null;
    }

    // Of an instance that is over, and whose ids say nothing: whoever used any version may have used this one, and must be seen on a newer one.
    private RotationVerdict? UnknownUsers(
        InstanceEvidence instance, CredentialEvidence? credential, OldVersion old, Dictionary<InstanceEvidence, Successors> successors, RunMoves moves)
    {
        if (credential is null || _order.IsComparable(credential, old.Id))
        {
            return null;
        }

        var newer = Declared(instance, old, moves.Of(instance, successors[instance], isStale: false));
        CredentialUse[] unproven =
        [
            .. from use in credential.Uses
               where use.Uses > 0 && newer.MovedAt(use) is null
               group use by (use.Consumer, use.Caller) into user
               select user.MaxBy(use => use.LastUse),
        ];
        return unproven.Length == 0
            ? null
            : NotProven(old, [.. unproven.Select(user => $"{VerdictWords.User(user)} used a version under an id that no other instance knows, and has not been seen on a newer version.")]) with { Unproven = unproven };
    }

    // What was lost may be a use of any version that was known by then.
    private RotationVerdict? LossOf(Presence presence, OldVersion old, VersionHistory? own) =>
        presence is { IsGone: true, Evidence.Lines: 0 } && !_question.IsAccepted(presence.Evidence)
            ? NotProven(old, $"It was killed before it had written a line, so nobody knows what it used. If you know that it used nothing, say --accept-loss {presence.Evidence.Instance}.")
            : _question.HasLost(presence.Evidence, _name, own?.SeenAt)
            ? NotProven(old, $"Evidence of it was lost, for it could not write or lines are missing here, so uses may be missing. If you know that none are, say --accept-loss {presence.Evidence.Instance}.")
            : null;

    // Who used a newer version, in each instance by its own clock; only where the old one was never known, by the order that the others tell.
    private Dictionary<InstanceEvidence, Successors> SuccessorsIn(OldVersion old)
    {
        var newer = _order.Newer(old.Id);
        return _knowing.ToDictionary(instance => instance, instance =>
        {
            var credential = instance.Credentials[_name];
            return credential.Find(old.Id) is { } known
                ? Successors.Of(known, credential.Histories, credential.Uses)
                : Successors.Of(credential.Histories.Where(history => newer.Contains(history.VersionId)), credential.Uses, old.SupersededAt);
        });
    }

    // What was open when the evidence ends was in use until then; it did not outlive its process.
    private static CredentialUse AsOf(CredentialUse use, Presence presence) =>
        (presence.IsOver ? use with { Held = 0, LostHolds = 0, Kept = KeptObjects.None, IsUnchecked = false } : use) with { LastUse = use.Held == 0 ? use.LastUse : presence.Evidence.LastAt };

    private InstanceVerdict Hunted((InstanceEvidence Instance, DateTimeOffset At, string Reason) found, OldVersion old) => new(
        found.Instance.App,
        found.Instance.Instance,
        IsOver: true,
        found.At,
        Without(old, new RotationVerdict { Kind = VerdictKind.StillUsed, Since = found.At, Reasons = [found.Reason] }),
        IsConcerned: true);

    private RotationEvidence Without(OldVersion old, RotationVerdict verdict) =>
        new() { CredentialName = _name, From = old.Id, To = old.History.End.ReplacedBy, Stage = CredentialStage.Pending, Old = old.History.Timeline, Uses = [], Verdict = verdict };

    private static RotationVerdict NotProven(OldVersion old, params string[] reasons) =>
        new() { Kind = VerdictKind.InOverlap, Since = old.SupersededAt, Reasons = reasons };
}
