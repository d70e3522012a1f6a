using System.Text.Json.Serialization.Metadata;

namespace Nhi.Rotation.Vault.Client;

/// <summary>Asks Vault, with a token. Every failure is a <see cref="BackendException"/> without anything of the answer.</summary>
internal sealed class VaultHttp(VaultWire wire, ITokens tokens, VaultSettings settings)
{
    /// <summary>What Vault answers, or <see langword="null"/> for 404: no such secret, or a deleted version.</summary>
    public async Task<T?> GetAsync<T>(BackendRequest asked, string address, JsonTypeInfo<VaultAnswer<T>> type, CancellationToken ct)
        where T : class
    {
        var reply = await SendAsync(new VaultCall(asked.CredentialName, HttpMethod.Get, address, VaultErrors.Reading(asked.Key, settings)), ct).ConfigureAwait(false);
        return reply.IsNotFound ? null : reply.Read(type).Data ?? throw reply.Unexpected();
    }

    /// <summary>Makes a call; once more with another token, where the first one turns out to be no longer valid.</summary>
    public async Task<VaultReply> SendAsync(VaultCall call, CancellationToken ct)
    {
        var token = await tokens.GetAsync(call.CredentialName, ct).ConfigureAwait(false);
        try
        {
            return await wire.SendAsync(call, token, ct).ConfigureAwait(false);
        }
        catch (BackendException denied) when (denied.Failure == BackendFailure.AccessDenied)
        {
            if (await tokens.GetAnotherAsync(call.CredentialName, token, ct).ConfigureAwait(false) is not { } another)
            {
                throw;
            }

            return await wire.SendAsync(call, another, ct).ConfigureAwait(false);
        }
    }
}
