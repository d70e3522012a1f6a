using System.Text.Json;

namespace Nhi.Rotation.Vault.Client;

/// <summary>One call of Vault's API.</summary>
/// <param name="CredentialName">The credential, for errors.</param>
/// <param name="Method">GET, POST or PUT.</param>
/// <param name="Address">The path, from <c>/v1</c> on.</param>
/// <param name="Needs">What the token's policy must allow for it.</param>
internal sealed record VaultCall(string CredentialName, HttpMethod Method, string Address, string Needs)
{
    /// <summary>What is sent along.</summary>
    public IReadOnlyDictionary<string, JsonElement>? Body { get; init; }

    /// <summary>Whether the answer has a value in it, which may be asked for wrapped.</summary>
    public bool CarriesValue { get; init; }

    /// <summary>Whether 400 is an answer: it says that a lease or a role is not there, or cannot be had.</summary>
    public bool TakesRefusal { get; init; }

    public static VaultCall Write(string credentialName, string path, IReadOnlyDictionary<string, JsonElement> body) =>
        new(credentialName, HttpMethod.Post, $"/v1/{VaultPath.Escape(path)}", $"'update' on '{path}'") { Body = body, TakesRefusal = true };
}
