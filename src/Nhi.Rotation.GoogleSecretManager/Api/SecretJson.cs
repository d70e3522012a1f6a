using System.Text.Json.Serialization;

namespace Nhi.Rotation.GoogleSecretManager.Api;

/// <summary>Generated serializers: the API's JSON is read without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, NumberHandling = JsonNumberHandling.AllowReadingFromString)]
[JsonSerializable(typeof(SecretAnswer))]
[JsonSerializable(typeof(VersionsAnswer))]
[JsonSerializable(typeof(VersionAnswer))]
[JsonSerializable(typeof(AccessAnswer))]
internal sealed partial class SecretJson : JsonSerializerContext;

/// <summary>A secret, without any value. The aliases are numbers of versions.</summary>
internal sealed record SecretAnswer(string Name, DateTimeOffset? ExpireTime, Dictionary<string, long>? VersionAliases, Dictionary<string, string>? Annotations, Dictionary<string, string>? Labels);

/// <summary>A page of versions, newest first.</summary>
internal sealed record VersionsAnswer(List<VersionAnswer>? Versions, string? NextPageToken);

/// <summary>What is known of one version without its value.</summary>
internal sealed record VersionAnswer(string Name, string? State, DateTimeOffset? CreateTime, DateTimeOffset? ScheduledDestroyTime);

/// <summary>The answer that carries a value. A class: a record's ToString() would print it.</summary>
internal sealed class AccessAnswer
{
    public PayloadAnswer? Payload { get; init; }
}

/// <summary>A value and its checksum, a CRC-32C as a number.</summary>
internal sealed class PayloadAnswer
{
    public byte[]? Data { get; init; }

    public long? DataCrc32c { get; init; }
}
