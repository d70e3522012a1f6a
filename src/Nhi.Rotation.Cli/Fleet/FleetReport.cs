using Nhi.Rotation.Cli.Reading;
using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Cli.Fleet;

/// <summary>The answer: each old version over all instances, and what is wrong with the files. Pure.</summary>
internal sealed record FleetReport
{
    public required IReadOnlyList<FleetRotation> Rotations { get; init; }

    public required IReadOnlyList<InstanceEvidence> Instances { get; init; }

    public IEnumerable<Finding> Findings => Instances.SelectMany(instance => instance.Findings);

    public ExitCode ExitCode
    {
        get
        {
            if (Findings.Any(finding => finding.Kind == FindingKind.Tampered) || Rotations.Any(rotation => rotation.Kind == VerdictKind.Violated))
            {
                return ExitCode.Violated;
            }

            if (Rotations.Any(rotation => rotation.Kind == VerdictKind.StillUsed))
            {
                return ExitCode.StillUsed;
            }

            var isComplete = !Findings.Any(finding => finding.Kind is FindingKind.Lost or FindingKind.Unreadable);
            return isComplete && Rotations.Count > 0 && Rotations.All(rotation => rotation.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)
                ? ExitCode.Safe
                : ExitCode.NotEnoughEvidence;
        }
    }

    /// <summary>Merges instances.</summary>
    /// <param name="evidence">What their files say.</param>
    /// <param name="now">The time, for instances that stopped in good order: after it they used nothing.</param>
    /// <param name="quietPeriod">Wins over what the instances were configured with.</param>
    /// <param name="credentialName">Only this credential.</param>
    /// <param name="oldVersion">Only this old version.</param>
    public static FleetReport Of(IReadOnlyList<InstanceEvidence> evidence, DateTimeOffset now, TimeSpan? quietPeriod, string? credentialName, string? oldVersion)
    {
        InstanceState[] instances = [.. evidence.Select(instance => new InstanceState(instance))];
        var rotations = from name in instances.SelectMany(instance => instance.Credentials.Keys).Distinct().Order(StringComparer.Ordinal)
                        where credentialName is null || name == credentialName
                        from old in OldVersions(instances, name)
                        where oldVersion is null || old.VersionId == oldVersion
                        select Judge(instances, name, old, now, quietPeriod);
        return new FleetReport { Instances = evidence, Rotations = [.. rotations] };
    }

    // Old somewhere is old everywhere: an instance that missed the rotation is the one to find. The first instance to see the switch dates it.
    private static IEnumerable<VersionHistory> OldVersions(InstanceState[] instances, string name) =>
        from history in instances.Where(instance => instance.Credentials.ContainsKey(name)).SelectMany(instance => instance.Credentials[name].Histories)
        where history.IsOld
        group history by history.VersionId into version
        let first = version.MinBy(history => history.SupersededAt)
        orderby first.SupersededAt
        select first;

    private static FleetRotation Judge(InstanceState[] instances, string name, VersionHistory old, DateTimeOffset now, TimeSpan? quietPeriod)
    {
        var knowing = instances.Where(instance => instance.Credentials.TryGetValue(name, out var credential) && credential.Histories.Any(history => history.VersionId == old.VersionId)).ToArray();
        var verdicts = knowing.Select(instance => Judge(instance, instances, name, old, now, quietPeriod)).ToArray();
        var concerned = verdicts.Where(verdict => !verdict.IsUnconcerned).ToArray();
        var described = knowing[^1].Credentials[name];
        return new FleetRotation
        {
            CredentialName = name,
            Owner = described.Owner,
            Purpose = described.Purpose,
            From = old.VersionId,
            To = old.ReplacedBy,
            Instances = [.. (concerned.Length > 0 ? concerned : verdicts).OrderByDescending(verdict => FleetRotation.Rank(verdict.Verdict.Kind)).ThenBy(verdict => verdict.Instance, StringComparer.Ordinal)],
        };
    }

    // What was open when the evidence ends was in use until then; it did not outlive a process that stopped in good order.
    private static CredentialUse AsOf(CredentialUse use, InstanceEvidence instance) =>
        use.Held == 0 ? use : use with { LastUse = instance.LastAt, Held = instance.IsClosed ? 0 : use.Held };

    private static InstanceVerdict Judge(InstanceState instance, InstanceState[] all, string name, VersionHistory old, DateTimeOffset now, TimeSpan? quietPeriod)
    {
        var credential = instance.Credentials[name];
        var isClosed = instance.Evidence.IsClosed;
        var asOf = isClosed ? now : instance.Evidence.LastAt ?? DateTimeOffset.MinValue;
        var own = credential.Histories.First(history => history.VersionId == old.VersionId);
        var histories = credential.Histories;
        IReadOnlyList<CredentialUse> uses = [.. credential.Uses.Select(use => AsOf(use, instance.Evidence))];
        if (!own.IsOld)
        {
            own = own with { SupersededAt = old.SupersededAt, ReplacedBy = old.ReplacedBy, Stage = isClosed ? CredentialStage.Previous : own.Stage };
        }

        if (isClosed)
        {
            // It can use nothing any more, but what it ran may run elsewhere: there its consumers must have moved.
            var others = all.Where(other => other.Evidence.App == instance.Evidence.App && other.Credentials.ContainsKey(name)).Select(other => other.Credentials[name]).ToArray();
            histories = [.. histories, .. others.SelectMany(other => other.Histories).Where(history => history.VersionId != old.VersionId)];
            uses = [.. uses, .. others.SelectMany(other => other.Uses).Where(use => use.VersionId != old.VersionId)];
        }

        var evidence = RotationReport.Of(own, histories, uses, quietPeriod ?? credential.QuietPeriod, asOf);
        return new InstanceVerdict(instance.Evidence.App, instance.Evidence.Instance, isClosed, asOf, evidence);
    }
}
