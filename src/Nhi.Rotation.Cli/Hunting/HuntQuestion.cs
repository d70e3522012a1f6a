namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Of which version a hunt is evidence.</summary>
/// <param name="Directory">Where the evidence is.</param>
/// <param name="Credential">The credential.</param>
/// <param name="Version">The version whose value is looked for.</param>
internal sealed record HuntQuestion(string Directory, string Credential, string Version);
