namespace Nhi.Rotation.AspNetCore.Control;

/// <summary>What was done.</summary>
/// <param name="Credential">To which credential.</param>
/// <param name="Done"><c>refreshed</c>, <c>revoked</c>, <c>revoked in store</c>, or <c>asked of store</c> for a version that this process has not seen.</param>
/// <param name="Version">Which version was revoked.</param>
/// <param name="IsKnown">Whether this process has seen that version. It is revoked all the same.</param>
/// <param name="Current">The version that is current now, if there is one.</param>
internal sealed record ControlAnswer(string Credential, string Done, string? Version, bool? IsKnown, string? Current);
