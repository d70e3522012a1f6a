using Microsoft.Extensions.Configuration;

namespace Nhi.Rotation.Vault;

/// <summary>Reads how to log in.</summary>
internal static class LoginSection
{
    public static bool IsKnown(CredentialBuilder builder, IConfigurationSection login) => builder.RefuseUnknownKeys(login, "Method", "Role", "RoleId", "SecretIdCredential", "WrappingTokenCredential", "JwtCredential", "CertificateCredential", "TokenFile", "Mount");

    /// <exception cref="ArgumentException">The method is none, or lacks something.</exception>
    public static VaultLogin Read(IConfigurationSection login)
    {
        var mount = login["Mount"];
        return login["Method"] switch
        {
            "AppRole" when login["WrappingTokenCredential"] is { } wrapping => VaultLogin.WrappedAppRole(Needed(login, "RoleId"), wrapping, mount ?? "approle"),
            "Certificate" => VaultLogin.Certificate(Needed(login, "CertificateCredential"), login["Role"] ?? string.Empty, mount ?? "cert"),
            "AppRole" => VaultLogin.AppRole(Needed(login, "RoleId"), Needed(login, "SecretIdCredential"), mount ?? "approle"),
            "Jwt" => VaultLogin.Jwt(Needed(login, "Role"), Needed(login, "JwtCredential"), mount ?? "jwt"),
            "Kubernetes" when login["TokenFile"] is { } file => VaultLogin.Kubernetes(Needed(login, "Role"), file, mount ?? "kubernetes"),
            "Kubernetes" => VaultLogin.Kubernetes(Needed(login, "Role"), mount: mount ?? "kubernetes"),
            _ => throw new ArgumentException($"{login.Path}:Method is not a way to log in. Write AppRole, Certificate, Jwt or Kubernetes."),
        };
    }

    private static string Needed(IConfigurationSection login, string key) =>
        login[key] is { Length: > 0 } value ? value : throw new ArgumentException($"{login.Path}:{key} is missing.");
}
