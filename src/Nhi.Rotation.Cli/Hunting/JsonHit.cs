namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Copies of a value in one place.</summary>
internal sealed record JsonHit(string Value, string Place, string Where, string Form, int Copies, bool IsGarbage);
