namespace Nhi.Rotation.Vault.Client;

/// <summary>The token, from a file or from <c>VAULT_TOKEN</c>: somebody else renews it.</summary>
internal sealed class StoredToken(string? file) : ITokens
{
    public async ValueTask<VaultToken> GetAsync(string credentialName, CancellationToken ct)
    {
        if (file is null)
        {
            return Environment.GetEnvironmentVariable("VAULT_TOKEN") is { Length: > 0 } token
                ? new VaultToken(token)
                : throw new BackendException(credentialName, BackendFailure.Misconfigured, "there is no Vault token", "Set Login, set TokenFile to the sink of a Vault Agent, or set VAULT_TOKEN.");
        }

        return new VaultToken(await TextFile.ReadAsync(credentialName, file, "the Vault token file", "See whether the Vault Agent runs and could log in, or correct TokenFile.", ct).ConfigureAwait(false));
    }

    public ValueTask<VaultToken?> GetAnotherAsync(string credentialName, VaultToken denied, CancellationToken ct) => ValueTask.FromResult<VaultToken?>(null);
}
