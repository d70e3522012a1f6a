using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Logins;

/// <summary>Logs in with a token of the platform, which is in a file that the platform replaces: Kubernetes' service account.</summary>
internal sealed class FileLogin(LoginTerms terms) : ILogin
{
    public async Task<GivenToken> LogInAsync(VaultWire wire, string credentialName, CancellationToken ct)
    {
        var jwt = await TextFile.ReadAsync(credentialName, terms.File!, "the token of the service account", "Mount it into the pod, or correct its path.", ct).ConfigureAwait(false);
        return await LoginCall.SendAsync(wire, credentialName, terms.Mount, new Dictionary<string, string> { ["role"] = terms.Role, ["jwt"] = jwt }, ct).ConfigureAwait(false)
            ?? throw LoginCall.Refused(credentialName, terms.Mount, $"Check that the role '{terms.Role}' is bound to this service account and namespace, and that its audience is the token's.");
    }
}
