namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>What <c>DescribeSecret</c> says of a secret; no value is in it.</summary>
public sealed class SecretDescription
{
    /// <summary>Describes a secret.</summary>
    /// <param name="arn">Its full ARN. An answer without one is refused.</param>
    public SecretDescription(string? arn) => Arn = arn ?? string.Empty;

    /// <summary>Its full ARN.</summary>
    public string Arn { get; }

    /// <summary>When it is deleted, or <see langword="null"/> if no deletion is scheduled.</summary>
    public DateTime? DeletedDate { get; init; }

    /// <summary>The staging labels of each version, by its id.</summary>
    public IReadOnlyDictionary<string, List<string>>? VersionIdsToStages { get; init; }

    /// <summary>Its tags: <c>owner</c>, <c>purpose</c> and <c>revoked</c> are read.</summary>
    public IEnumerable<KeyValuePair<string, string>>? Tags { get; init; }

    internal string? Tag(string key) => Tags?.FirstOrDefault(tag => string.Equals(tag.Key, key, StringComparison.OrdinalIgnoreCase)).Value;
}
