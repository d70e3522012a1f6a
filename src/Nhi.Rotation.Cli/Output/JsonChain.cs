namespace Nhi.Rotation.Cli.Output;

/// <summary>One instance's files.</summary>
internal sealed record JsonChain(string App, string Instance, IReadOnlyList<string> Files, int Lines, bool IsClosed, DateTimeOffset? LastAt, string Head);
