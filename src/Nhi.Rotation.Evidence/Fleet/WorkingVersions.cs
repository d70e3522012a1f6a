using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>Whether an instance has anything left that works without an old version, by the word of all: what was accepted may have been replaced since by what nobody has accepted.</summary>
internal sealed class WorkingVersions
{
    private readonly string _credentialName;
    private readonly HashSet<string> _accepted;

    public WorkingVersions(IReadOnlyCollection<InstanceEvidence> knowing, string credentialName)
    {
        _credentialName = credentialName;
        RequiresProof = knowing.Any(instance => instance.Credentials[credentialName].Terms.RequiresProof);
        _accepted =
        [
            .. from instance in knowing
               from history in instance.Credentials[credentialName].Histories
               where history.AcceptedAt is not null || history.Probe is { Verdict: ProbeVerdict.Accepted } || (history.Answer is not null && !RequiresProof)
               select history.VersionId,
            .. from instance in knowing
               from use in instance.Credentials[credentialName].Uses
               where use is { Caller: not null, Uses: > 0 }
               select use.VersionId,
        ];
    }

    /// <summary>Whether only what proves a version counts: one that asks for proof asks for all of them.</summary>
    public bool RequiresProof { get; }

    /// <summary>Whether there is one besides <paramref name="versionId"/>, as far as anything is in service there at all.</summary>
    public bool HasOther(InstanceEvidence instance, string versionId)
    {
        var inService = instance.Credentials[_credentialName].Histories.Where(history => history.Stage is CredentialStage.Current or CredentialStage.Previous).ToArray();
        return inService.Length == 0 || inService.Any(history => history.VersionId != versionId && _accepted.Contains(history.VersionId));
    }
}
