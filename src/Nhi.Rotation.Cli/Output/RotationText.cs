using System.Globalization;
using System.Text.RegularExpressions;
using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Output;

/// <summary>Why a rotation has its verdict: by instance, or by service where there are many.</summary>
internal static partial class RotationText
{
    /// <summary>So many instances are named one by one, and so many of a group.</summary>
    public const int Few = 5;

    private const int Reasons = 4;

    // What an instance by itself would allow is no verdict beside a worse one, and does not read like one.
    private const string ByItself = ", by itself";

    public static IEnumerable<string> Of(FleetRotation rotation, Telling telling, bool isVerbose) =>
    [
        "",
        $"{rotation.CredentialName} {rotation.From}: {rotation.Kind}{(rotation.Owner is null ? "" : $" (owner {rotation.Owner})")}",
        .. rotation.IsInferred ? [$"  The change to {rotation.To} is inferred: no process lived through it, and later runs have that version."] : Array.Empty<string>(),
        .. rotation.Hunts.Take(isVerbose ? int.MaxValue : Few).Select(static hunt => $"  {hunt}"),
        .. isVerbose || rotation.Instances.Count <= Few ? Telling.Order(rotation.Instances).SelectMany(instance => One(rotation, instance, telling)) : ByService(rotation, telling),
    ];

    private static IEnumerable<string> One(FleetRotation rotation, InstanceVerdict instance, Telling telling) =>
    [
        $"  {instance.App} {telling.Name(instance)}: {instance.Verdict.Kind}{(instance.Verdict.Kind == rotation.Kind ? "" : ByItself)}",
        .. instance.Verdict.Reasons.Select(static reason => $"    {reason}"),
    ];

    // Instances come the worst first, and so do their services.
    private static IEnumerable<string> ByService(FleetRotation rotation, Telling telling)
    {
        foreach (var service in Telling.Order(rotation.Instances).GroupBy(static instance => instance.App))
        {
            InstanceVerdict[] all = [.. service];
            var worst = all[0];
            InstanceVerdict[] same = Array.FindAll(all, instance => instance.Verdict.Kind == worst.Verdict.Kind);
            var isVerdict = worst.Verdict.Kind == rotation.Kind;
            yield return string.Create(CultureInfo.InvariantCulture, $"  {worst.App}: {worst.Verdict.Kind} in {same.Length} of {all.Length}{(isVerdict ? "" : $", each{ByItself[1..]}")}: {telling.Names(same)}");
            foreach (var reason in isVerdict ? worst.Verdict.Reasons.Take(Reasons) : [string.Join(' ', worst.Verdict.Reasons.Take(2))])
            {
                yield return $"    {reason}";
            }

            if (same.Count(instance => Kind(instance) != Kind(worst)) is > 0 and var others)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"    That is of {telling.Name(worst)}; of {others} more it is something else: --verbose has it.");
            }
        }
    }

    // Reasons that differ only in times and counts are of one kind.
    private static string Kind(InstanceVerdict instance) => Digits().Replace(string.Join('\n', instance.Verdict.Reasons), "0");

    [GeneratedRegex("[0-9]+", RegexOptions.CultureInvariant)]
    private static partial Regex Digits();
}
