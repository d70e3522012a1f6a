using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Nhi.Rotation.Vault.Client;

/// <summary>What Vault answered. A class: a record's ToString() would print what it holds.</summary>
internal sealed class VaultReply(string credentialName, HttpStatusCode status, byte[] body, VaultToken? token)
{
    /// <summary>The token that was used.</summary>
    public VaultToken? Token => token;

    /// <summary>How far a node must be to know what this call has written, if Vault says so.</summary>
    public string? Index { get; init; }

    /// <summary>The same answer, to a call that another token made.</summary>
    public VaultReply From(VaultToken? maker) => new(credentialName, status, body, maker);

    public bool IsDenied => status == HttpStatusCode.Forbidden;

    public bool IsRefused => status is HttpStatusCode.BadRequest or HttpStatusCode.NotFound;

    public bool IsNotFound => status == HttpStatusCode.NotFound || Says("unknown role") || Says("role not found") || Says("does not exist");

    /// <summary>Whether a lease is not there any more, as far as Vault says why it refuses.</summary>
    public bool IsGone => IsRefused && (Says("lease not found") || Says("invalid lease") || Says("lease expired"));

    /// <exception cref="BackendException">It is not what was promised.</exception>
    public T Read<T>(JsonTypeInfo<T> type)
    {
        try
        {
            return JsonSerializer.Deserialize(body, type) ?? throw new JsonException();
        }
        catch (JsonException)
        {
            // The original message can quote the body, so nothing of it is kept.
            throw Unexpected();
        }
    }

    public BackendException Unexpected() =>
        new(credentialName, BackendFailure.InvalidContent, "Vault's answer is not what its API promises", "Check that the address is Vault's, and that the path is of the engine that it is taken for.");

    // Looked at, and never told: an error can quote what was sent.
    private bool Says(string text) => status == HttpStatusCode.BadRequest && System.Text.Encoding.UTF8.GetString(body).Contains(text, StringComparison.OrdinalIgnoreCase);
}
