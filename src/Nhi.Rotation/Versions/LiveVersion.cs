using Nhi.Rotation.Evidence;
using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Versions;

/// <summary>One version: what the lifecycle says of it, its value as long as that is worth keeping, and its evidence, in one object.</summary>
internal sealed class LiveVersion(VersionState state, UseSlots<UseRecord> slots, string credentialName) : VersionRecord(slots, credentialName, state.Id, state.CreatedOn)
{
    /// <summary>What the lifecycle said of it last.</summary>
    public VersionState State { get; set; } = state;

    /// <summary>Dropped when the version is retired or revoked, unless the proof of its refusal is open.</summary>
    public SecretValue? Value { get; private set; }

    /// <summary>Kept when the value is dropped, to recognise late users.</summary>
    public VersionFingerprint? Fingerprint => State.Mark is { } mark ? new VersionFingerprint(mark.Low, mark.High) : null;

    /// <summary>Whether the other side accepted it on the workload path since it became current last.</summary>
    public bool IsAccepted => History.AcceptedAt is not null;

    /// <summary>Whether the other side answered it since then and did not refuse it.</summary>
    public bool IsAnswered => IsAccepted || History.Answer is not null;

    /// <summary>Whether the other side or a probe accepted it. By the evidence, not by the state: an acceptance from before a rollback is over.</summary>
    public bool IsProven => IsAccepted || History.Probe is { Verdict: ProbeVerdict.Accepted };

    /// <summary>Keeps a value if it is needed.</summary>
    public void Take(SecretValue value) => Value = State.NeedsValue ? value : null;

    public void DropValue() => Value = null;

    /// <summary>A credential for building or probing, whose uses count for the consumer once <see cref="LentTracker.End"/> was called; none if the value is gone.</summary>
    public (Credential Credential, LentTracker Loan)? Lend(string consumer)
    {
        if (Value is null)
        {
            return null;
        }

        var loan = new LentTracker(ForConsumer(consumer));
        var credential = new Credential(CredentialName, VersionId, Value, loan);
        Give(consumer, credential, KeptObjects.Credential);
        return (credential, loan);
    }
}
