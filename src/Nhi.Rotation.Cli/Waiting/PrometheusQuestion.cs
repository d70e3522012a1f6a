namespace Nhi.Rotation.Cli.Waiting;

/// <summary>What is asked of Prometheus.</summary>
/// <param name="Credential">Of which credential; of all if there is none.</param>
/// <param name="OldVersion">Of which old version; of all if there is none.</param>
/// <param name="MaxAge">How old the verdict may be.</param>
/// <param name="Expected">Of which jobs so many instances must be there.</param>
internal sealed record PrometheusQuestion(string? Credential, string? OldVersion, TimeSpan MaxAge, IReadOnlyDictionary<string, int> Expected)
{
    /// <summary>What the labels of a series must be.</summary>
    public string Selector(bool hasVersion) =>
        "{" + string.Join(',', new[] { Of("nhi_credential_name", Credential), hasVersion ? Of("nhi_credential_version", OldVersion is { } id ? Telemetry.VersionTag.Shorten(id) : null) : null }.OfType<string>()) + "}";

    private static string? Of(string label, string? value) =>
        value is null ? null : $"{label}=\"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal)}\"";
}
