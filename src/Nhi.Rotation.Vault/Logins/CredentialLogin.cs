using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Logins;

/// <summary>
/// Logs in with a credential that rotates itself: the secret id of an AppRole, or a JWT. After a refusal another version of it is tried, and each answer is reported.
/// </summary>
/// <param name="terms">Where, as whom and with what.</param>
/// <param name="secret">The credential; asked for when it is needed.</param>
internal sealed class CredentialLogin(LoginTerms terms, Func<IRotatingCredentialProvider> secret) : ILogin
{
    public async Task<GivenToken> LogInAsync(VaultWire wire, string credentialName, CancellationToken ct)
    {
        var provider = secret();
        try
        {
            await provider.GetCurrentAsync(ct).ConfigureAwait(false);
        }
        catch (CredentialUnavailableException)
        {
            throw new BackendException(credentialName, BackendFailure.Unavailable, $"the credential '{terms.Credential}' to log in to Vault with is not there", "See why that one could not be loaded.");
        }

        foreach (var version in provider.Credentials.Presentable)
        {
            var given = await LoginCall.SendAsync(wire, credentialName, terms.Mount, Body(version.Reveal()), ct).ConfigureAwait(false);
            provider.Report(version, given is null ? CredentialOutcome.Rejected : CredentialOutcome.Accepted);
            if (given is not null)
            {
                return given;
            }
        }

        throw LoginCall.Refused(credentialName, terms.Mount, $"Check the role '{terms.Role}', and that the credential '{terms.Credential}' has a value that Vault still accepts.");
    }

    private Dictionary<string, string> Body(string value) => terms.Kind == LoginKind.AppRole
        ? new() { ["role_id"] = terms.Role, ["secret_id"] = value }
        : new() { ["role"] = terms.Role, ["jwt"] = value };
}
