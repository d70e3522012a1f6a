namespace Nhi.Rotation.AwsSecretsManager.Tests.Server;

internal sealed class StoredVersion(string id, DateTimeOffset createdOn)
{
    public string Id { get; } = id;

    public DateTimeOffset CreatedOn { get; } = createdOn;

    public string? Text { get; set; }

    public byte[]? Binary { get; set; }

    /// <summary>A rotation makes the id before it puts the value.</summary>
    public bool HasValue => Text is not null || Binary is not null;

    public HashSet<string> Labels { get; } = new(StringComparer.Ordinal);
}
