using System.Globalization;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Verdicts;

namespace Nhi.Rotation.Cli.Output;

/// <summary>What says most of a rotation's verdict: which instance comes first, who is behind it, and why, with the instances that say so. The same evidence makes the same text, wherever it came from.</summary>
/// <param name="names">What instances are called, by their ids.</param>
internal sealed class Telling(IReadOnlyDictionary<string, string> names)
{
    private const int MaxNames = 3;

    /// <summary>Of what was read.</summary>
    public static Telling Of(FleetReport report) =>
        new(report.Instances.DistinctBy(static instance => instance.Instance).ToDictionary(static instance => instance.Instance, static instance => instance.Name, StringComparer.Ordinal));

    /// <summary>How bad a verdict is.</summary>
    public static int Rank(VerdictKind kind) => kind switch
    {
        VerdictKind.Violated => 4,
        VerdictKind.StillUsed => 3,
        VerdictKind.InOverlap => 2,
        VerdictKind.SafeToRevoke => 1,
        _ => 0,
    };

    /// <summary>The worst first, and of equals who used the old version, the latest first.</summary>
    public static IEnumerable<InstanceVerdict> Order(IEnumerable<InstanceVerdict> all) => all
        .OrderByDescending(static one => Rank(one.Verdict.Kind))
        .ThenByDescending(static one => one.Verdict.Users.Count + one.Verdict.Unproven.Count > 0)
        .ThenByDescending(static one => one.Evidence.Uses.Any(static use => use.Uses > 0))
        .ThenByDescending(static one => one.Evidence.OldLastUse)
        .ThenBy(static one => one.App, StringComparer.Ordinal)
        .ThenBy(static one => one.Instance, StringComparer.Ordinal);

    /// <summary>What an instance is called.</summary>
    public string Name(InstanceVerdict instance) => names.GetValueOrDefault(instance.Instance) ?? instance.Instance;

    /// <summary>The first few of them, and how many more.</summary>
    public string Names(IReadOnlyCollection<InstanceVerdict> all) =>
        string.Join(", ", all.Take(MaxNames).Select(Name)) + (all.Count > MaxNames ? string.Create(CultureInfo.InvariantCulture, $" and {all.Count - MaxNames} more") : "");

    /// <summary>Who stands behind a verdict that is no yes: consumers and callers with their instances, or else what keeps it from being one.</summary>
    /// <param name="rotation">The rotation.</param>
    /// <param name="max">How many lines there may be; one more says how many more there are.</param>
    public IReadOnlyList<string> Affected(FleetRotation rotation, int max) => Rank(rotation.Kind) <= Rank(VerdictKind.SafeToRevoke)
        ? []
        : Grouped(rotation, max, static one => one.Verdict.Kind == VerdictKind.InOverlap || one.Verdict.Users.Count == 0 ? one.Verdict.Reasons.Take(1) : one.Verdict.Users.Select(VerdictWords.User));

    /// <summary>All reasons of a verdict.</summary>
    /// <param name="rotation">The rotation.</param>
    /// <param name="max">How many lines there may be; one more says how many more there are.</param>
    public IReadOnlyList<string> Reasons(FleetRotation rotation, int max) => Grouped(rotation, max, static one => one.Verdict.Reasons);

    private string[] Grouped(FleetRotation rotation, int max, Func<InstanceVerdict, IEnumerable<string>> said)
    {
        string[] all =
        [
            .. from one in Order(rotation.Instances.Where(instance => instance.Verdict.Kind == rotation.Kind))
               from text in said(one).Distinct(StringComparer.Ordinal)
               group one by (one.App, text) into same
               select $"{same.Key.App} at {Names([.. same])}: {same.Key.text}",
        ];
        return all.Length <= max ? all : [.. all[..max], string.Create(CultureInfo.InvariantCulture, $"And {all.Length - max} more: nhi-rotation verify --verbose names them.")];
    }
}
