namespace Nhi.Rotation;

/// <summary>A probe's verdict, with a reason for people.</summary>
/// <param name="Verdict">The verdict.</param>
/// <param name="Detail">Why, in a few words: a status code, an error's type. Never the value; it is logged.</param>
public readonly record struct ProbeResult(ProbeVerdict Verdict, string? Detail = null);
