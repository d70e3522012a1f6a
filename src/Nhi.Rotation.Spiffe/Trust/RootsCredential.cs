namespace Nhi.Rotation.Spiffe.Trust;

/// <summary>A credential whose versions are the roots of a trust domain.</summary>
internal sealed record RootsCredential(string Name, string TrustDomain);
