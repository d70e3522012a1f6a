using System.Text.Json;
using System.Text.Json.Serialization;

namespace Nhi.Rotation.Vault.Client;

/// <summary>Generated serializers: no reflection, so the package can be trimmed and compiled ahead of time.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(VaultAnswer<KvMetadata>))]
[JsonSerializable(typeof(VaultAnswer<KvData>))]
[JsonSerializable(typeof(VaultAnswer<JsonDocument>))]
[JsonSerializable(typeof(LeaseAnswer))]
[JsonSerializable(typeof(LoginAnswer))]
[JsonSerializable(typeof(WrappedAnswer))]
[JsonSerializable(typeof(VaultAnswer<SecretId>))]
[JsonSerializable(typeof(VaultAnswer<LeaseLookup>))]
[JsonSerializable(typeof(IReadOnlyDictionary<string, JsonElement>))]
[JsonSerializable(typeof(string))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(int[]))]
internal sealed partial class VaultJson : JsonSerializerContext;

/// <summary>The envelope of Vault's answers. A class: a record's ToString() would print the data.</summary>
internal sealed class VaultAnswer<T>
{
    public T? Data { get; init; }
}

/// <summary>The answer to <c>GET /v1/mount/metadata/path</c>.</summary>
internal sealed class KvMetadata
{
    public required DateTimeOffset CreatedTime { get; init; }

    /// <summary>The number of the version that was stored last; it only grows, as long as the metadata is not deleted.</summary>
    public required int CurrentVersion { get; init; }

    public required Dictionary<int, KvVersion> Versions { get; init; }

    public Dictionary<string, string>? CustomMetadata { get; init; }
}

/// <summary>What the metadata says of one version; the deletion is empty if there is none.</summary>
internal sealed record KvVersion(DateTimeOffset CreatedTime, string? DeletionTime, bool Destroyed);

/// <summary>The answer to <c>GET /v1/mount/data/path?version=N</c>.</summary>
internal sealed class KvData
{
    public JsonElement? Data { get; init; }
}

/// <summary>An answer with a lease, and the answer to a renewal.</summary>
internal sealed class LeaseAnswer
{
    public string? LeaseId { get; init; }

    public bool Renewable { get; init; }

    /// <summary>In seconds.</summary>
    public long LeaseDuration { get; init; }

    public JsonElement? Data { get; init; }
}

/// <summary>The answer to <c>POST /v1/sys/leases/lookup</c>.</summary>
internal sealed class LeaseLookup
{
    /// <summary>What is left of it, in seconds.</summary>
    public required long Ttl { get; init; }
}

/// <summary>The answer to a login, and to the renewal of a token.</summary>
internal sealed class LoginAnswer
{
    public GivenToken? Auth { get; init; }
}

/// <summary>A token as Vault gives it. A class: a record's ToString() would print it.</summary>
internal sealed class GivenToken
{
    public required string ClientToken { get; init; }

    /// <summary>In seconds; 0 if it does not end.</summary>
    public long LeaseDuration { get; init; }

    public bool Renewable { get; init; }

    /// <summary>From the answer's header.</summary>
    [JsonIgnore]
    public string? Index { get; set; }
}

/// <summary>An answer that is kept at Vault, for who has its token.</summary>
internal sealed class WrappedAnswer
{
    public WrapInfo? WrapInfo { get; init; }
}

/// <summary>Where a wrapped answer is from. A class: a record's ToString() would print the token.</summary>
internal sealed class WrapInfo
{
    public required string Token { get; init; }

    public required string CreationPath { get; init; }
}

/// <summary>The secret id of an AppRole, as it is in a wrapped answer. A class: a record's ToString() would print it.</summary>
internal sealed class SecretId
{
    [JsonPropertyName("secret_id")]
    public required string Value { get; init; }
}
