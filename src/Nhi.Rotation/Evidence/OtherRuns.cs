using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Evidence;

/// <summary>What other runs of the app say of an old version that nothing speaks against here: judged as the tool judges a fleet, so that a process never says more than the tool. Pure.</summary>
internal static class OtherRuns
{
    /// <summary>Why the version is not proven to be safe, or <see langword="null"/>.</summary>
    /// <param name="rotation">The old version, judged by what this process saw.</param>
    /// <param name="self">Who this process is.</param>
    /// <param name="own">What it saw, by credential.</param>
    /// <param name="others">The evidence of the other runs.</param>
    /// <param name="now">Up to when this process saw.</param>
    public static RotationVerdict? Doubt(
        RotationEvidence rotation, ChainIdentity self, IReadOnlyDictionary<string, CredentialEvidence> own, IReadOnlyList<InstanceEvidence> others, DateTimeOffset now)
    {
        var here = new InstanceEvidence
        {
            App = self.App,
            Instance = self.Instance,
            Place = self.Place,
            StartedAt = self.StartedAt,
            Files = [],
            Credentials = own,
            Findings = [],
            Lines = 1,
            Head = string.Empty,
            LastAt = now,
        };
        var report = FleetReport.Of([.. others, here], new FleetQuestion { Now = now, CredentialName = rotation.CredentialName, OldVersion = rotation.From });
        var doubts = report.Rotations.SelectMany(one => one.Instances).Where(one => one.Verdict.Kind is not (VerdictKind.SafeToRevoke or VerdictKind.ProvenRevoked)).ToArray();
        var names = others.ToLookup(static run => run.Instance, static run => run.Name, StringComparer.Ordinal);
        string[] reasons =
        [
            .. from doubt in doubts
               from reason in doubt.Verdict.Reasons
               select doubt.Instance == self.Instance || doubt.App != self.App ? reason : $"In run {names[doubt.Instance].First()} of this app: {reason}",
            .. report.OpenQuestions,
        ];
        return reasons.Length == 0
            ? null
            : new RotationVerdict
            {
                Kind = VerdictKind.InOverlap,
                Since = rotation.Old.SupersededAt,
                Unproven = [.. doubts.SelectMany(doubt => doubt.Verdict.Unproven.Concat(doubt.Verdict.Users)).DistinctBy(use => (use.Consumer, use.Caller))],
                Reasons = [.. reasons.Distinct(StringComparer.Ordinal)],
            };
    }
}
