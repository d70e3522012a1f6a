using Nhi.Rotation.Vault.Client;

namespace Nhi.Rotation.Vault;

/// <summary>
/// How the application logs in to Vault by itself. The token that it gets is renewed when it is used late in its life and replaced before its maximum life; credentials with the same login, address and
/// namespace share it.
/// </summary>
public sealed class VaultLogin
{
    private VaultLogin(LoginKind kind, string mount, string role, string? credential, string? file)
        : this(new LoginTerms(kind, mount.Trim('/'), role, credential, file))
    {
    }

    private VaultLogin(LoginTerms terms) => Terms = terms;

    internal LoginTerms Terms { get; }

    /// <summary>Logs in as an AppRole.</summary>
    /// <param name="roleId">The id of the role; no secret.</param>
    /// <param name="secretIdCredential">The name of the credential whose value is the secret id, declared beside this one: it rotates like any other, and a version that Vault refuses is followed by another.</param>
    /// <param name="mount">The path of the auth method.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static VaultLogin AppRole(string roleId, string secretIdCredential, string mount = "approle") => With(LoginKind.AppRole, roleId, secretIdCredential, mount);

    /// <summary>Logs in as an AppRole whose secret id was handed over wrapped: the credential's value is the wrapping token, which works once. The secret id is kept in memory for the next login.</summary>
    /// <param name="roleId">The id of the role; no secret.</param>
    /// <param name="wrappingTokenCredential">The name of the credential whose value is the wrapping token.</param>
    /// <param name="mount">The path of the auth method.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static VaultLogin WrappedAppRole(string roleId, string wrappingTokenCredential, string mount = "approle")
    {
        var login = With(LoginKind.AppRole, roleId, wrappingTokenCredential, mount);
        return new VaultLogin(login.Terms with { IsWrapped = true });
    }

    /// <summary>Logs in with a client certificate.</summary>
    /// <param name="certificateCredential">The name of the credential whose value is the certificate with its key, declared beside this one.</param>
    /// <param name="role">The role, or empty to let Vault find one that fits.</param>
    /// <param name="mount">The path of the auth method.</param>
    /// <exception cref="ArgumentException">The credential or the mount is empty.</exception>
    public static VaultLogin Certificate(string certificateCredential, string role = "", string mount = "cert")
    {
        ArgumentNullException.ThrowIfNull(role);
        ArgumentException.ThrowIfNullOrWhiteSpace(certificateCredential);
        ArgumentException.ThrowIfNullOrWhiteSpace(mount);
        return new VaultLogin(LoginKind.Certificate, mount, role, certificateCredential, file: null);
    }

    /// <summary>Logs in with a JWT.</summary>
    /// <param name="role">The role.</param>
    /// <param name="jwtCredential">The name of the credential whose value is the token, declared beside this one.</param>
    /// <param name="mount">The path of the auth method.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static VaultLogin Jwt(string role, string jwtCredential, string mount = "jwt") => With(LoginKind.Jwt, role, jwtCredential, mount);

    /// <summary>Logs in as a service account of Kubernetes.</summary>
    /// <param name="role">The role.</param>
    /// <param name="tokenFile">The file with the token of the service account, which Kubernetes replaces; read for each login.</param>
    /// <param name="mount">The path of the auth method.</param>
    /// <exception cref="ArgumentException">One of them is empty.</exception>
    public static VaultLogin Kubernetes(string role, string tokenFile = "/var/run/secrets/kubernetes.io/serviceaccount/token", string mount = "kubernetes")
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        ArgumentException.ThrowIfNullOrWhiteSpace(tokenFile);
        ArgumentException.ThrowIfNullOrWhiteSpace(mount);
        return new VaultLogin(LoginKind.Kubernetes, mount, role, credential: null, tokenFile);
    }

    private static VaultLogin With(LoginKind kind, string role, string credential, string mount)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(role);
        ArgumentException.ThrowIfNullOrWhiteSpace(credential);
        ArgumentException.ThrowIfNullOrWhiteSpace(mount);
        return new VaultLogin(kind, mount, role, credential, file: null);
    }
}
