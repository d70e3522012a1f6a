namespace Nhi.Rotation.Cli.Reporting;

/// <summary>One instance that gave evidence.</summary>
internal sealed record InstanceRow(
    string App, string Instance, string Name, string? Place, string State, DateTimeOffset? LastAt, VerdictKind? Verdict, IReadOnlyList<string> Reasons, int Lines, string Head);
