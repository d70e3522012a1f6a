using System.Text.Json;
using System.Text.Json.Serialization;

namespace CustomBackend;

/// <summary>The envelope of Vault's answers.</summary>
public sealed record VaultAnswer<T>(T? Data);

/// <summary>The answer to <c>GET /v1/mount/metadata/path</c>.</summary>
public sealed record VaultMetadata
{
    public required DateTimeOffset CreatedTime { get; init; }

    public required int CurrentVersion { get; init; }

    public required Dictionary<int, VaultVersion> Versions { get; init; }

    public Dictionary<string, string>? CustomMetadata { get; init; }
}

/// <summary>What the metadata says of one version.</summary>
/// <param name="CreatedTime">When it was stored.</param>
/// <param name="DeletionTime">When it was or will be deleted; empty if it will not.</param>
/// <param name="Destroyed">Whether its data is gone for good.</param>
public sealed record VaultVersion(DateTimeOffset CreatedTime, string? DeletionTime, bool Destroyed);

/// <summary>The answer to <c>GET /v1/mount/data/path?version=N</c>. A class: a record's ToString() would print the data.</summary>
public sealed class VaultSecret
{
    public Dictionary<string, JsonElement>? Data { get; init; }
}

/// <summary>Generated serializers: no reflection, so the backend can be trimmed and compiled ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VaultAnswer<VaultMetadata>))]
[JsonSerializable(typeof(VaultAnswer<VaultSecret>))]
public sealed partial class VaultJson : JsonSerializerContext;
