namespace Nhi.Rotation.Cli.Reporting;

/// <summary>One line of evidence, where it stands and what it says, as it was written.</summary>
/// <param name="Instance">Whose.</param>
/// <param name="File">The name of the file, the log or the table.</param>
/// <param name="Line">Its place in the file, from 1; in a log and a table, where lines come in any order, none.</param>
/// <param name="Seq">Its place in the chain.</param>
/// <param name="At">When, by the instance's own clock.</param>
/// <param name="Kind">What it says.</param>
/// <param name="Version">Of which version.</param>
/// <param name="User">By whom, if it is of a use.</param>
/// <param name="Text">All of it, with its hash.</param>
internal sealed record EvidenceLine(string Instance, string File, int? Line, long Seq, DateTimeOffset At, string Kind, string? Version, string? User, string Text);
