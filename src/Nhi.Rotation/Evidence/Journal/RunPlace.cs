namespace Nhi.Rotation.Evidence.Journal;

/// <summary>Where this process runs, by a name that lasts longer than it.</summary>
internal static class RunPlace
{
    /// <summary>What Kubernetes mounts for a service account.</summary>
    public const string ServiceAccountNamespace = "/var/run/secrets/kubernetes.io/serviceaccount/namespace";

    private const string Attribute = "k8s.namespace.name=";

    /// <summary>The Kubernetes namespace, or <see langword="null"/>.</summary>
    public static string? Detect(Func<string, string?> environment, string file) =>
        Named(environment("POD_NAMESPACE"))
        ?? Named(environment("OTEL_RESOURCE_ATTRIBUTES")?.Split(',').Select(pair => pair.Trim()).FirstOrDefault(pair => pair.StartsWith(Attribute, StringComparison.Ordinal))?[Attribute.Length..])
        ?? Named(Read(file));

    private static string? Named(string? name) => string.IsNullOrWhiteSpace(name) ? null : name.Trim();

    private static string? Read(string file)
    {
        try
        {
            return File.Exists(file) ? File.ReadAllText(file) : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
