namespace Nhi.Rotation.AspNetCore.Status;

/// <summary>One credential on the status page.</summary>
internal sealed record CredentialReport
{
    public required string Name { get; init; }

    public string? Owner { get; init; }

    public string? Purpose { get; init; }

    public required string Health { get; init; }

    public required IReadOnlyList<string> Reasons { get; init; }

    /// <summary>The newest first.</summary>
    public required IReadOnlyList<VersionReport> Versions { get; init; }

    public required IReadOnlyList<ConsumerReport> Consumers { get; init; }
}
