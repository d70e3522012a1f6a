using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>The answer: each old version over all instances, and what is wrong with the files.</summary>
public sealed class FleetReport
{
    private FleetReport()
    {
    }

    /// <summary>Each old version.</summary>
    public required IReadOnlyList<FleetRotation> Rotations { get; init; }

    /// <summary>Whose evidence was given, under the names of then.</summary>
    public required IReadOnlyList<InstanceEvidence> Instances { get; init; }

    /// <summary>Of instances that are gone and did not say so themselves: why they are taken to be, by id.</summary>
    public required IReadOnlyDictionary<string, string> Gone { get; init; }

    /// <summary>What was asked, and what was declared.</summary>
    public required FleetQuestion Question { get; init; }

    /// <summary>What no instance can answer, and what keeps the answer from being yes.</summary>
    public required IReadOnlyList<string> OpenQuestions { get; init; }

    /// <summary>Credentials that were called otherwise before, as the evidence itself tells.</summary>
    public required IReadOnlyList<KnownName> KnownNames { get; init; }

    /// <summary>Secrets that are in service under the names of several credentials.</summary>
    public required IReadOnlyList<IReadOnlyList<SecretHolder>> SharedSecrets { get; init; }

    /// <summary>What is wrong with the files.</summary>
    public IEnumerable<Finding> Findings => Instances.SelectMany(instance => instance.Findings);

    /// <summary>Merges instances. Pure.</summary>
    /// <param name="instances">The evidence of all that are or may be running, and of those before.</param>
    /// <param name="question">What is asked.</param>
    public static FleetReport Of(IReadOnlyList<InstanceEvidence> instances, FleetQuestion question)
    {
        ArgumentNullException.ThrowIfNull(instances);
        ArgumentNullException.ThrowIfNull(question);
        var names = new Names(instances, question.Declared);
        Presence[] present = [.. instances.Select(instance => Presence.Of(names.Today(instance), question))];
        var apps = Array.FindAll(present, instance => !Hunts.Is(instance.Evidence));
        var secrets = new FleetSecrets(apps);
        return new FleetReport
        {
            Question = question,
            SharedSecrets = [.. secrets.Shared.Where(secret => question.CredentialName is null || secret.Any(holder => holder.Credential == question.CredentialName))],
            OpenQuestions = [.. Fleet.OpenQuestions.Missing(apps, question.Expected), .. Fleet.OpenQuestions.Vanished(apps, question)],
            KnownNames = names.Known,
            Instances = instances,
            Gone = present.Where(static instance => instance.GoneBecause is not null).DistinctBy(static instance => instance.Evidence.Instance, StringComparer.Ordinal).ToDictionary(static instance => instance.Evidence.Instance, static instance => instance.GoneBecause!, StringComparer.Ordinal),
            Rotations =
            [
                .. from name in apps.SelectMany(instance => instance.Evidence.Credentials.Keys).Distinct().Order(StringComparer.Ordinal)
                   where question.CredentialName is null || name == question.CredentialName
                   from rotation in new CredentialFleet(name, apps, question, secrets, new Hunts(present.Select(instance => instance.Evidence), name)).Judge()
                   select rotation,
            ],
        };
    }
}
