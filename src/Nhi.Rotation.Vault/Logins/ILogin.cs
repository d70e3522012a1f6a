using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault.Logins;

/// <summary>A way to log in.</summary>
internal interface ILogin
{
    /// <exception cref="BackendException">Vault refused it, or there is nothing to log in with.</exception>
    Task<GivenToken> LogInAsync(VaultWire wire, string credentialName, CancellationToken ct);
}
