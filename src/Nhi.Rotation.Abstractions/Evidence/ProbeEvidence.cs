namespace Nhi.Rotation;

/// <summary>One result of a probe.</summary>
/// <param name="By">The probe's type.</param>
/// <param name="Verdict">What the other side said.</param>
/// <param name="Detail">Why, in a few words.</param>
/// <param name="At">When.</param>
public sealed record ProbeEvidence(string? By, ProbeVerdict Verdict, string? Detail, DateTimeOffset At);
