namespace Nhi.Rotation.Cli.Output;

/// <summary>One old version over all instances, the worst first.</summary>
internal sealed record JsonRotation(
    string Credential, string? Owner, string? Purpose, string OldVersion, string? NewVersion, bool IsInferred, VerdictKind Verdict, DateTimeOffset? Since, IReadOnlyList<string> Hunts, IReadOnlyList<JsonInstance> Instances);
