namespace Nhi.Rotation.Evidence.Verdicts;

/// <summary>A version was accepted.</summary>
/// <param name="At">When.</param>
/// <param name="AsFarAs">What that rests on if it proves nothing, such as <c>200 from GET /open</c>; <see langword="null"/> if it was proven.</param>
public sealed record Acceptance(DateTimeOffset At, string? AsFarAs);
