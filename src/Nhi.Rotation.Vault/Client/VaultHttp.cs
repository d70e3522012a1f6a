using System.Text.Json.Serialization.Metadata;

namespace Nhi.Rotation.Vault.Client;

/// <summary>Asks Vault, with a token. Every failure is a <see cref="BackendException"/> without anything of the answer.</summary>
internal sealed class VaultHttp(VaultWire wire, ITokens tokens, VaultSettings settings)
{
    /// <summary>What Vault answers, or <see langword="null"/> for 404: no such secret, or a deleted version.</summary>
    public async Task<T?> GetAsync<T>(BackendRequest asked, string address, JsonTypeInfo<VaultAnswer<T>> type, CancellationToken ct, bool carriesValue = false)
        where T : class
    {
        var reply = await SendAsync(new VaultCall(asked.CredentialName, HttpMethod.Get, address, VaultErrors.Reading(asked.Key, settings)) { CarriesValue = carriesValue }, ct).ConfigureAwait(false);
        return reply.IsNotFound ? null : reply.Read(type).Data ?? throw reply.Unexpected();
    }

    /// <summary>Makes a call; once more with another token, where the first one turns out to be no longer valid. What comes wrapped is opened.</summary>
    public async Task<VaultReply> SendAsync(VaultCall call, CancellationToken ct)
    {
        var reply = await AskAsync(call, ct).ConfigureAwait(false);
        if (!call.CarriesValue || settings.WrapFor is null || reply.IsRefused)
        {
            return reply;
        }

        // What is in it must be the answer to this call, and not to one that somebody else has made.
        if (reply.Read(VaultJson.Default.WrappedAnswer).WrapInfo is not { } wrapped || call.Address.Split('?')[0] != $"/v1/{VaultPath.Escape(wrapped.CreationPath)}")
        {
            throw reply.Unexpected();
        }

        var opened = await wire.UnwrapAsync(call.CredentialName, new VaultToken(wrapped.Token), ct).ConfigureAwait(false) ?? throw new BackendException(
            call.CredentialName, BackendFailure.AccessDenied, "the wrapped answer could not be opened", "It took longer than WrapFor, or somebody else has opened it: see Vault's audit log.");
        return opened.From(reply.Token);
    }

    private async Task<VaultReply> AskAsync(VaultCall call, CancellationToken ct)
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
