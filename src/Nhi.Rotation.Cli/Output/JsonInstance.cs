namespace Nhi.Rotation.Cli.Output;

/// <summary>One instance's verdict and evidence.</summary>
internal sealed record JsonInstance(string App, string Instance, bool IsOver, DateTimeOffset AsOf, VerdictKind Verdict, RotationEvidence Evidence);
