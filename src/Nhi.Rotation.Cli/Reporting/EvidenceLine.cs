namespace Nhi.Rotation.Cli.Reporting;

/// <summary>One line of evidence, where it stands and what it says, as it was written.</summary>
/// <param name="Instance">Whose.</param>
/// <param name="File">The file's name.</param>
/// <param name="Line">Its place there, from 1.</param>
/// <param name="Seq">Its place in the chain.</param>
/// <param name="At">When, by the instance's own clock.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Version">Of which version.</param>
/// <param name="User">By whom, if it is of a use.</param>
/// <param name="Text">All of it, with its hash.</param>
internal sealed record EvidenceLine(string Instance, string File, int Line, long Seq, DateTimeOffset At, string Kind, string? Version, string? User, string Text);
