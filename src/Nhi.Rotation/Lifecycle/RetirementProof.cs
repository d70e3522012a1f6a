namespace Nhi.Rotation.Lifecycle;

/// <summary>How far the proof has come that the other side refuses a retired or revoked version. Its value is held only while this is open.</summary>
internal sealed record RetirementProof
{
    /// <summary>What the last probe said; <see cref="ProbeVerdict.Rejected"/> is the proof, <see cref="ProbeVerdict.Accepted"/> the violation.</summary>
    public ProbeVerdict? Verdict { get; init; }

    public int Attempts { get; init; }

    public TimeSpan DueAt { get; init; }

    public bool IsGivenUp { get; init; }

    public bool IsProven => Verdict == ProbeVerdict.Rejected;

    public bool IsOpen => !IsProven && !IsGivenUp;
}
