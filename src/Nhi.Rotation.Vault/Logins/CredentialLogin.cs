using System.Diagnostics;
using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Logins;

/// <summary>
/// Logs in with a credential that rotates itself: the secret id of an AppRole, or a JWT. After a refusal another version of it is tried, and each answer is reported.
/// </summary>
/// <param name="terms">Where, as whom and with what.</param>
/// <param name="secret">The credential; asked for when it is needed.</param>
internal sealed class CredentialLogin(LoginTerms terms, Func<IRotatingCredentialProvider> secret) : ILogin
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private (string VersionId, string SecretId)? _opened;

    public async Task<GivenToken> LogInAsync(VaultWire wire, string credentialName, CancellationToken ct)
    {
        var (provider, _) = await LoginCredential.LoadAsync(credentialName, terms.Credential!, secret, ct).ConfigureAwait(false);

        foreach (var version in provider.Credentials.Presentable)
        {
            var value = await OpenAsync(wire, credentialName, version, ct).ConfigureAwait(false);
            var given = value is null ? null : await LoginCall.SendAsync(wire, credentialName, terms.Mount, Body(value), ct).ConfigureAwait(false);
            provider.Report(version, given is null ? CredentialOutcome.Rejected : CredentialOutcome.Accepted);
            if (given is not null)
            {
                return given;
            }
        }

        throw LoginCall.Refused(credentialName, terms.Mount, $"Check the role '{terms.Role}', and that the credential '{terms.Credential}' has a value that Vault still accepts{(terms.IsWrapped ? ": a wrapping token works once, so if the application did not open it, somebody else did" : "")}.");
    }

    // A wrapping token works once, so what was in it is kept for the next login.
    private async Task<string?> OpenAsync(VaultWire wire, string credentialName, Credential version, CancellationToken ct)
    {
        if (!terms.IsWrapped)
        {
            return version.Reveal();
        }

        if (_opened is not { } known || known.VersionId != version.VersionId)
        {
            var reply = await wire.UnwrapAsync(credentialName, new VaultToken(version.Reveal()), ct).ConfigureAwait(false);
            if (reply is null)
            {
                return null;
            }

            _opened = known = (version.VersionId, (reply.Read(VaultJson.Default.VaultAnswerSecretId).Data ?? throw reply.Unexpected()).Value);
        }

        return known.SecretId;
    }

    private Dictionary<string, string> Body(string value) => terms.Kind == LoginKind.AppRole
        ? new() { ["role_id"] = terms.Role, ["secret_id"] = value }
        : new() { ["role"] = terms.Role, ["jwt"] = value };
}
