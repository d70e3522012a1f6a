using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Fleet;

/// <summary>Whether an instance has anything left that works without an old version, by the word of all: what was accepted may have been replaced since by what nobody has accepted.</summary>
internal sealed class WorkingVersions(IReadOnlyCollection<InstanceEvidence> knowing, string credentialName)
{
    private readonly HashSet<string> _accepted =
    [
        .. from instance in knowing
           from history in instance.Credentials[credentialName].Histories
           where history.AcceptedAt is not null || history.Probe is { Verdict: ProbeVerdict.Accepted }
           select history.VersionId,
        .. from instance in knowing
           from use in instance.Credentials[credentialName].Uses
           where use is { Caller: not null, Uses: > 0 }
           select use.VersionId,
    ];

    /// <summary>Whether there is one besides <paramref name="versionId"/>, as far as anything is in service there at all.</summary>
    public bool HasOther(InstanceEvidence instance, string versionId)
    {
        var inService = instance.Credentials[credentialName].Histories.Where(history => history.Stage is CredentialStage.Current or CredentialStage.Previous).ToArray();
        return inService.Length == 0 || inService.Any(history => history.VersionId != versionId && _accepted.Contains(history.VersionId));
    }
}
