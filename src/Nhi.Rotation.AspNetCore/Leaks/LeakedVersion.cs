namespace Nhi.Rotation.AspNetCore.Leaks;

/// <summary>A version that leaked.</summary>
/// <param name="Credential">The credential.</param>
/// <param name="Version">The backend's id.</param>
/// <param name="Done"><c>revoked</c>, <c>alerted</c>, or <c>revoked before</c>.</param>
internal sealed record LeakedVersion(string Credential, string Version, string Done);
