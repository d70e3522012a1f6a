namespace Nhi.Rotation.AspNetCore.Control;

/// <summary>What an operator asks for.</summary>
/// <param name="Credential">Of which credential.</param>
/// <param name="Version">Of which version; for a revocation.</param>
/// <param name="Why">For the log and the evidence.</param>
/// <param name="EvenIfLast">Whether the only version is ended in its store too; for a revocation there.</param>
internal sealed record ControlRequest(string? Credential, string? Version, string? Why, bool? EvenIfLast = null);
