using System.Globalization;
using System.Reflection;

namespace Nhi.Rotation.Evidence.Journal;

/// <summary>Which process this is, by the names of OpenTelemetry's resource attributes, so that an operator finds it.</summary>
internal static class RunResource
{
    private const string PodName = "k8s.pod.name";
    private const string HostName = "host.name";

    // Of all that a resource may have, what names a process; the rest may be anything.
    private static readonly string[] Wanted = ["service.name", "service.version", "service.instance.id", HostName, "k8s.namespace.name", PodName, "k8s.pod.uid", "container.id"];

    // What says where it runs, and not only what.
    private static readonly string[] Places = [HostName, PodName, "k8s.pod.uid", "container.id", "service.instance.id", "process.pid"];

    /// <summary>What environment and process say.</summary>
    /// <param name="environment">Environment variables.</param>
    /// <param name="host">The machine's name.</param>
    /// <param name="namesHost">Whether it may say where it runs.</param>
    public static Dictionary<string, string> Detect(Func<string, string?> environment, string host, bool namesHost)
    {
        var resource = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            [HostName] = host,
            ["process.pid"] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture),
        };
        if (Assembly.GetEntryAssembly()?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion is { } version)
        {
            resource["service.version"] = version.Split('+')[0];
        }

        foreach (var (variable, attribute) in ((string, string)[])[("HOSTNAME", HostName), ("POD_NAME", PodName), ("POD_UID", "k8s.pod.uid"), ("POD_NAMESPACE", "k8s.namespace.name")])
        {
            Set(resource, attribute, environment(variable));
        }

        foreach (var pair in environment("OTEL_RESOURCE_ATTRIBUTES")?.Split(',') ?? [])
        {
            if (pair.Split('=', 2) is [var name, var value] && Wanted.Contains(name.Trim(), StringComparer.Ordinal))
            {
                Set(resource, name.Trim(), Uri.UnescapeDataString(value));
            }
        }

        Set(resource, "service.name", environment("OTEL_SERVICE_NAME"));
        return namesHost ? resource : resource.ExceptBy(Places, static attribute => attribute.Key).ToDictionary(StringComparer.Ordinal);
    }

    private static void Set(Dictionary<string, string> resource, string attribute, string? value)
    {
        if (!string.IsNullOrWhiteSpace(value))
        {
            resource[attribute] = value.Trim();
        }
    }
}
