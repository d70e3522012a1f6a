using System.Text.Json.Serialization;

namespace Nhi.Rotation.Cli.Output;

/// <summary>One instance's verdict and evidence.</summary>
internal sealed record JsonInstance(string App, string Instance, bool IsOver, DateTimeOffset AsOf, [property: JsonIgnore] RotationVerdict Judged, RotationEvidence Evidence)
{
    public VerdictKind Verdict => Judged.Kind;

    public IReadOnlyList<VersionUser> Users => Judged.Users;

    public IReadOnlyList<VersionUser> Unproven => Judged.Unproven;
}
