namespace SpiffeSample.LocalAgent;

/// <summary>An identity that the agent gives to whoever connects.</summary>
/// <param name="Path">The path of its SPIFFE ID.</param>
/// <param name="Hint">What it is for.</param>
/// <param name="Life">How long an SVID is valid.</param>
public sealed record WorkloadEntry(string Path, string Hint, TimeSpan Life);
