namespace Nhi.Rotation.Vault.Client;

/// <summary>Vault's status codes as errors with cause and fix.</summary>
internal static class VaultErrors
{
    public static BackendException Refused(BackendRequest asked, string mount, HttpResponseMessage response)
    {
        var (failure, fix) = (int)response.StatusCode switch
        {
            403 => (BackendFailure.AccessDenied, $"Renew the token, or give its policy 'read' on '{mount}/metadata/{asked.Key}' and '{mount}/data/{asked.Key}'."),
            429 => (BackendFailure.Throttled, "Refresh less often, or raise Vault's rate limit quota."),
            412 => (BackendFailure.Unavailable, "The node lags behind; it is asked again."),
            472 or 473 => (BackendFailure.Unavailable, "The node is a standby; send calls to the active node."),
            503 => (BackendFailure.Unavailable, "Vault is sealed or in maintenance; unseal it."),
            >= 500 => (BackendFailure.Unavailable, "Look at Vault's own log."),
            307 => (BackendFailure.Misconfigured, "The node is a standby that redirects, and redirects are not followed; give the address of the active node."),
            _ => (BackendFailure.Misconfigured, "Check the address, the namespace and the mount."),
        };
        return new BackendException(asked.CredentialName, failure, $"Vault answered {(int)response.StatusCode}", fix) { RetryAfter = response.Headers.RetryAfter?.Delta };
    }
}
