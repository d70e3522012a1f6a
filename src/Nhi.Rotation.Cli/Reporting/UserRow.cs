namespace Nhi.Rotation.Cli.Reporting;

/// <summary>One consumer or caller of the old version, over all instances of a service.</summary>
internal sealed record UserRow(string App, string Consumer, string? Caller, long Uses, long InOverlap, long AfterEnd, int Open, DateTimeOffset? FirstUse, DateTimeOffset? LastUse);
