namespace Nhi.Rotation.Vault.Client;

/// <summary>Where the token is from. Safe for concurrent use.</summary>
internal interface ITokens
{
    /// <exception cref="BackendException">There is none.</exception>
    ValueTask<VaultToken> GetAsync(string credentialName, CancellationToken ct);

    /// <summary>After Vault denied a call: another token, if that one is not valid any more.</summary>
    /// <returns><see langword="null"/> if it is valid, or there is no other one.</returns>
    ValueTask<VaultToken?> GetAnotherAsync(string credentialName, VaultToken denied, CancellationToken ct);
}
