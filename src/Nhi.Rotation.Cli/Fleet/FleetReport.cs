using Nhi.Rotation.Evidence.Reading;

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

            var isComplete = !Findings.Any(finding => finding.Kind is FindingKind.Unreadable);
            return isComplete && Rotations.Count > 0 && Rotations.All(rotation => rotation.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)
                ? ExitCode.Safe
                : ExitCode.NotEnoughEvidence;
        }
    }

    /// <summary>Merges instances.</summary>
    public static FleetReport Of(IReadOnlyList<InstanceEvidence> instances, FleetQuestion question)
    {
        Presence[] present = [.. instances.Select(instance => Presence.Of(instance, question))];
        return new FleetReport
        {
            Instances = instances,
            Rotations =
            [
                .. from name in instances.SelectMany(instance => instance.Credentials.Keys).Distinct().Order(StringComparer.Ordinal)
                   where question.CredentialName is null || name == question.CredentialName
                   from rotation in new CredentialFleet(name, present, question).Judge()
                   select rotation,
            ],
        };
    }
}
