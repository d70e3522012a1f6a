namespace Nhi.Rotation.AzureKeyVault.Tests.Server;

/// <summary>One version of a secret. Times have a resolution of one second, as in the service.</summary>
public sealed record StoredVersion(string Id, string Value, DateTimeOffset Created)
{
    public DateTimeOffset Updated { get; init; } = Created;

    public bool Enabled { get; init; } = true;

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? Expires { get; init; }

    public string? ContentType { get; init; }

    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();
}
