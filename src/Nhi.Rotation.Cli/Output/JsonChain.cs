namespace Nhi.Rotation.Cli.Output;

/// <summary>One instance's files.</summary>
internal sealed record JsonChain(
    string App, string Instance, IReadOnlyDictionary<string, string>? Resource, IReadOnlyList<string> Files, int Lines, bool IsClosed, string? Gone, DateTimeOffset? LastAt, string Head);
