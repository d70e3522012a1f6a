using System.Globalization;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Output;

/// <summary>Whose evidence was read, and what is wrong with it: one by one, or by service where there is much.</summary>
internal static class ChainText
{
    private const int Many = 10;

    public static IEnumerable<string> Of(FleetReport report, bool isVerbose) =>
    [
        .. isVerbose || report.Instances.Count <= RotationText.Few ? report.Instances.Select(instance => Line(report, instance)) : ByService(report),
        .. Findings(report, isVerbose),
    ];

    private static string Line(FleetReport report, InstanceEvidence instance) =>
        string.Create(CultureInfo.InvariantCulture, $"{instance.App} {instance.Name}: {Places(instance)}, {instance.Lines} lines, {StateOf(report, instance)}, chain head {instance.Head}");

    // What is no file has a name of its own: standard input, a table.
    private static string Places(InstanceEvidence instance)
    {
        string[] others = [.. instance.Files.Where(static file => !Path.IsPathRooted(file))];
        var files = instance.Files.Count - others.Length;
        return string.Join(", ", [.. files > 0 || others.Length == 0 ? [string.Create(CultureInfo.InvariantCulture, $"{files} file(s)")] : Array.Empty<string>(), .. others]);
    }

    private static string StateOf(FleetReport report, InstanceEvidence instance) =>
        report.Gone.GetValueOrDefault(instance.Instance) is { } because ? $"gone: {because}" : instance.IsClosed ? "closed" : "open";

    private static IEnumerable<string> ByService(FleetReport report)
    {
        foreach (var service in report.Instances.GroupBy(static instance => instance.App).OrderBy(static service => service.Key, StringComparer.Ordinal))
        {
            var (gone, closed) = (service.Count(instance => report.Gone.ContainsKey(instance.Instance)), service.Count(static instance => instance.IsClosed));
            yield return string.Create(CultureInfo.InvariantCulture, $"{service.Key}: {service.Count()} instances, {service.Count() - gone - closed} open, {closed} closed, {gone} gone; {service.Sum(static instance => (long)instance.Lines):N0} lines");
        }

        yield return "--verbose names each instance with its chain head.";
    }

    // That an instance that runs has no closing line is worth no line of its own in a crowd.
    private static IEnumerable<string> Findings(FleetReport report, bool isVerbose)
    {
        Finding[] all = [.. report.Findings.Where(finding => isVerbose || report.Instances.Count <= RotationText.Few || finding.Kind != FindingKind.Unclosed).OrderByDescending(static finding => finding.Kind)];
        var shown = isVerbose ? all.Length : Math.Min(all.Length, Many);
        foreach (var finding in all[..shown])
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{TableOutput.Label(finding.Kind)}: {finding.File}:{finding.Line}: {finding.Message}");
        }

        foreach (var rest in all[shown..].GroupBy(static finding => finding.Kind))
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"{TableOutput.Label(rest.Key)}: {rest.Count()} more places");
        }
    }
}
