using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Fleet;

/// <summary>The answer: each old version over all instances, and what is wrong with the files. Pure.</summary>
internal sealed record FleetReport
{
    public required IReadOnlyList<FleetRotation> Rotations { get; init; }

    public required IReadOnlyList<InstanceEvidence> Instances { get; init; }

    /// <summary>What was asked, and what was declared.</summary>
    public required FleetQuestion Question { get; init; }

    /// <summary>What no instance can answer, and what keeps the answer from being yes.</summary>
    public required IReadOnlyList<string> OpenQuestions { get; init; }

    /// <summary>Files in the directories that are no evidence and do not claim to be.</summary>
    public IReadOnlyList<string> LeftAlone { get; init; } = [];

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

            var isComplete = OpenQuestions.Count == 0 && !Findings.Any(finding => finding.Kind is FindingKind.Unreadable);
            return isComplete && Rotations.Count > 0 && Rotations.All(rotation => rotation.Kind is VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)
                ? ExitCode.Safe
                : ExitCode.NotEnoughEvidence;
        }
    }

    /// <summary>Merges instances.</summary>
    public static FleetReport Of(IReadOnlyList<InstanceEvidence> instances, FleetQuestion question)
    {
        Presence[] present = [.. instances.Select(instance => Presence.Of(question.Declared.Rename(instance), question))];
        return new FleetReport
        {
            Question = question,
            OpenQuestions = [.. Fleet.OpenQuestions.Missing(present, question.Expected), .. Fleet.OpenQuestions.Vanished(present, question)],
            Instances = instances,
            Rotations =
            [
                .. from name in present.SelectMany(instance => instance.Evidence.Credentials.Keys).Distinct().Order(StringComparer.Ordinal)
                   where question.CredentialName is null || name == question.CredentialName
                   from rotation in new CredentialFleet(name, present, question).Judge()
                   select rotation,
            ],
        };
    }
}
