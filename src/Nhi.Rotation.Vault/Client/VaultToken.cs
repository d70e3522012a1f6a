namespace Nhi.Rotation.Vault.Client;

/// <summary>The token, from a file or from <c>VAULT_TOKEN</c>.</summary>
internal static class VaultToken
{
    public static async ValueTask<string> ReadAsync(string credentialName, string? file, CancellationToken ct)
    {
        if (file is null)
        {
            return Environment.GetEnvironmentVariable("VAULT_TOKEN") is { Length: > 0 } token
                ? token
                : throw new BackendException(credentialName, BackendFailure.Misconfigured, "there is no Vault token", "Set TokenFile to the sink of a Vault Agent, or set VAULT_TOKEN.");
        }

        try
        {
            var token = (await File.ReadAllTextAsync(file, ct).ConfigureAwait(false)).Trim();
            return token.Length > 0
                ? token
                : throw new BackendException(credentialName, BackendFailure.Unavailable, $"the Vault token file '{file}' is empty", "See whether the Vault Agent could log in.");
        }
        catch (UnauthorizedAccessException)
        {
            throw new BackendException(credentialName, BackendFailure.Misconfigured, $"the Vault token file '{file}' may not be read", "Let the app's user read it.");
        }
        catch (IOException error)
        {
            // An agent that replaces the file, or has not logged in yet, leaves a moment without it.
            throw new BackendException(credentialName, BackendFailure.Unavailable, $"the Vault token file '{file}' cannot be read ({error.GetType().Name})", "See whether the Vault Agent runs and could log in, or correct TokenFile.");
        }
    }
}
