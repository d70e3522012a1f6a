using System.Globalization;
using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Output;

/// <summary>Why a rotation has its verdict: by instance, or by service where there are many.</summary>
internal static class RotationText
{
    /// <summary>So many instances are named one by one, and so many of a group.</summary>
    public const int Few = 5;

    private const int Named = 3;
    private const int Reasons = 4;

    public static IEnumerable<string> Of(FleetRotation rotation, IReadOnlyDictionary<string, string> names, bool isVerbose) =>
    [
        "",
        $"{rotation.CredentialName} {rotation.From}: {rotation.Kind}{(rotation.Owner is null ? "" : $" (owner {rotation.Owner})")}",
        .. rotation.IsInferred ? [$"  The change to {rotation.To} is inferred: no process lived through it, and later runs have that version."] : Array.Empty<string>(),
        .. rotation.Hunts.Take(isVerbose ? int.MaxValue : Few).Select(static hunt => $"  {hunt}"),
        .. isVerbose || rotation.Instances.Count <= Few ? rotation.Instances.SelectMany(instance => One(rotation, instance, names)) : ByService(rotation, names),
    ];

    private static IEnumerable<string> One(FleetRotation rotation, InstanceVerdict instance, IReadOnlyDictionary<string, string> names) =>
    [
        $"  {instance.App} {names[instance.Instance]}: {instance.Verdict.Kind}",
        // What an instance by itself would allow is no reason: it would contradict the verdict.
        .. instance.Verdict.Kind == rotation.Kind ? instance.Verdict.Reasons.Select(static reason => $"    {reason}") : [],
    ];

    // Instances come the worst first, and so do their services.
    private static IEnumerable<string> ByService(FleetRotation rotation, IReadOnlyDictionary<string, string> names)
    {
        foreach (var service in rotation.Instances.GroupBy(static instance => instance.App))
        {
            InstanceVerdict[] all = [.. service];
            var worst = all[0];
            InstanceVerdict[] same = Array.FindAll(all, instance => instance.Verdict.Kind == worst.Verdict.Kind);
            var more = same.Length > Named ? string.Create(CultureInfo.InvariantCulture, $" and {same.Length - Named} more") : "";
            yield return string.Create(CultureInfo.InvariantCulture, $"  {worst.App}: {worst.Verdict.Kind} in {same.Length} of {all.Length}: {string.Join(", ", same.Take(Named).Select(instance => names[instance.Instance]))}{more}");
            foreach (var reason in worst.Verdict.Kind == rotation.Kind ? worst.Verdict.Reasons.Take(Reasons) : [])
            {
                yield return $"    {reason}";
            }
        }
    }
}
