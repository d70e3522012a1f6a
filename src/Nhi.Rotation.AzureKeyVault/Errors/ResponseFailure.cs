using System.Globalization;
using Azure;

namespace Nhi.Rotation.AzureKeyVault.Errors;

/// <summary>Failures that the vault answered with.</summary>
internal static class ResponseFailure
{
    public static BackendException Describe(RequestFailedException error, BackendRequest request, string host, TimeProvider time)
    {
        var (failure, cause, fix) = error.Status switch
        {
            400 => (BackendFailure.Misconfigured, $"vault {host} does not understand the request (400)", "Check the secret's name and the vault's address."),
            401 => (BackendFailure.AccessDenied, $"vault {host} does not accept the identity's token (401)", "Use an identity of the tenant that the vault belongs to."),
            403 => Forbidden(error, host),
            404 => (BackendFailure.NotFound, $"vault {host} has no secret '{request.Key}', or it was deleted (404)", $"Check the names; a deleted secret comes back with 'az keyvault secret recover --name {request.Key}'."),
            409 => (BackendFailure.Unavailable, $"secret '{request.Key}' is being deleted or recovered (409)", "Wait for that to end."),
            429 => (BackendFailure.Throttled, $"vault {host} asks for fewer calls (429)", "Raise RefreshInterval, or spread the secrets over more vaults."),
            408 or >= 500 => (BackendFailure.Unavailable, $"vault {host} failed ({error.Status})", "Check the status of Azure Key Vault in the vault's region."),
            200 => (BackendFailure.InvalidContent, $"the answer of {host} is not what Key Vault answers", "Check the vault's address, and that no proxy answers in its place."),
            _ => (BackendFailure.Misconfigured, $"{host} answered with status {error.Status}, which Key Vault does not use", "Check the vault's address, and that no proxy answers in its place."),
        };
        return new BackendException(request.CredentialName, failure, cause, fix) { RetryAfter = RetryAfter(error, time) };
    }

    private static (BackendFailure Failure, string Cause, string Fix) Forbidden(RequestFailedException error, string host)
    {
        var (reason, fix) = VaultErrorCode.Read(error) switch
        {
            VaultErrorCode.ForbiddenByRbac => ("the identity has no role that reads secrets", "Give it the role 'Key Vault Secrets User' on the vault or the secret; that takes some minutes to act."),
            VaultErrorCode.ForbiddenByPolicy => ("the vault's access policies do not let the identity read secrets", "Give it the secret permissions 'get' and 'list'."),
            VaultErrorCode.ForbiddenByFirewall => ("the vault's firewall does not let this address in", "Add the address or its subnet to the vault's network rules."),
            VaultErrorCode.ForbiddenByConnection => ("the vault is only open to its private endpoints", "Connect through a private endpoint of the vault."),
            _ => ("the identity may not read the secret, or not from here", "Give it the role 'Key Vault Secrets User', and check the vault's network rules."),
        };
        return (BackendFailure.AccessDenied, $"vault {host} refuses: {reason} (403)", fix);
    }

    private static TimeSpan? RetryAfter(RequestFailedException error, TimeProvider time)
    {
        if (error.GetRawResponse()?.Headers.TryGetValue("Retry-After", out var header) != true)
        {
            return null;
        }

        if (int.TryParse(header, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
        {
            return TimeSpan.FromSeconds(seconds);
        }

        if (!DateTimeOffset.TryParseExact(header, "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var date))
        {
            return null;
        }

        var wait = date - time.GetUtcNow();
        return wait > TimeSpan.Zero ? wait : TimeSpan.Zero;
    }
}
