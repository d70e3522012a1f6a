namespace Nhi.Rotation.Vault.Logins;

/// <summary>The credential that the application logs in with.</summary>
internal static class LoginCredential
{
    /// <summary>Finds it and waits until it is loaded.</summary>
    /// <exception cref="BackendException">It is not declared (<see cref="BackendFailure.Misconfigured"/>), or cannot be had now.</exception>
    public static async Task<(IRotatingCredentialProvider Provider, Credential Version)> LoadAsync(string credentialName, string wanted, Func<IRotatingCredentialProvider> find, CancellationToken ct)
    {
        IRotatingCredentialProvider? provider = null;
        try
        {
            provider = find();
            return (provider, await provider.GetCurrentAsync(ct).ConfigureAwait(false));
        }
        catch (CredentialUnavailableException error)
        {
            throw new BackendException(
                credentialName, provider is null ? BackendFailure.Misconfigured : BackendFailure.Unavailable, $"the credential '{wanted}' to log in to Vault with is not there: {error.Cause}", error.Fix);
        }
    }
}
