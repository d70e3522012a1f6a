namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>A credential that had another name before, as the evidence itself tells.</summary>
/// <param name="Before">What it was called.</param>
/// <param name="Now">What it is called now.</param>
/// <param name="Because">How that is known.</param>
public sealed record KnownName(string Before, string Now, string Because);
