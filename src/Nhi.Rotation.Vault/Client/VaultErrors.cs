using System.Net.Http.Headers;

namespace Nhi.Rotation.Vault.Client;

/// <summary>Vault's status codes, and its silence, as errors with cause and fix.</summary>
internal static class VaultErrors
{
    public static BackendException Refused(VaultCall call, HttpResponseMessage response, DateTimeOffset now)
    {
        var (failure, fix) = (int)response.StatusCode switch
        {
            403 => (BackendFailure.AccessDenied, $"Renew the token, or give its policy {call.Needs}."),
            429 => (BackendFailure.Throttled, "Refresh less often, or raise Vault's rate limit quota."),
            412 => (BackendFailure.Unavailable, "The node lags behind; it is asked again."),
            472 or 473 => (BackendFailure.Unavailable, "The node is a standby; send calls to the active node."),
            503 => (BackendFailure.Unavailable, "Vault is sealed or in maintenance; unseal it."),
            >= 500 => (BackendFailure.Unavailable, "Look at Vault's own log."),
            307 => (BackendFailure.Misconfigured, "The node is a standby that redirects, and redirects are not followed; give the address of the active node."),
            _ => (BackendFailure.Misconfigured, "Check the address, the namespace and the mount."),
        };
        return new BackendException(call.CredentialName, failure, $"Vault answered {(int)response.StatusCode}", fix) { RetryAfter = Patience(response.Headers.RetryAfter, now) };
    }

    public static BackendException NoAnswer(string credentialName, VaultSettings settings, Exception error)
    {
        if (VaultTrustException.In(error) is { } trust)
        {
            return new BackendException(credentialName, BackendFailure.Misconfigured, $"it is not known whom to trust as Vault: {trust.Message}", "Write the CA's certificates there in PEM, and let the app's user read them.");
        }

        var authority = settings.Address.Uri!.Authority;
        return error is HttpRequestException { HttpRequestError: HttpRequestError.SecureConnectionError }
            ? new BackendException(credentialName, BackendFailure.Unavailable, $"the TLS connection to Vault at {authority} could not be made", "Give Vault's CA in VAULT_CACERT, and in VAULT_TLS_SERVER_NAME the name of its certificate if that is another than the address's.")
            : new BackendException(credentialName, BackendFailure.Unavailable, $"Vault at {authority} did not answer ({error.GetType().Name})", "Check the address, the network path and TLS.");
    }

    /// <summary>The KV engine has no secret, or no version of one, where it was asked for.</summary>
    public static BackendException NoSecret(BackendRequest request, VaultSettings settings)
    {
        var path = request.Key.Trim('/');
        var asked = settings.KvVersion == 1 ? $"{settings.Mount}/{path}" : $"{settings.Mount}/metadata/{path}";
        var doubled = ((string[])[$"{settings.Mount}/", "data/", "metadata/"]).Any(part => path.StartsWith(part, StringComparison.Ordinal)) ? "Give the path without the mount, and without 'data/' or 'metadata/'. Or check" : "Check the path,";
        return new BackendException(
            request.CredentialName, BackendFailure.NotFound, $"Vault has no version of a secret at '{asked}'{(settings.Namespace is { } space ? $" in namespace '{space}'" : "")}",
            $"{doubled} the mount, its KvVersion and the namespace, or store a version: vault kv put <path> field=-");
    }

    /// <summary>What the policy must allow for a secret of the KV engine.</summary>
    public static string Reading(string path, VaultSettings settings) =>
        settings.KvVersion == 1 ? $"'read' on '{settings.Mount}/{path}'" : $"'read' on '{settings.Mount}/metadata/{path}' and '{settings.Mount}/data/{path}'";

    private static TimeSpan? Patience(RetryConditionHeaderValue? header, DateTimeOffset now) =>
        header?.Delta ?? (header?.Date is { } date ? (date > now ? date - now : TimeSpan.Zero) : null);
}
