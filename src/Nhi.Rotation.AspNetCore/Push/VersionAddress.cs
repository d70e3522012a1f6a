namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>The address of a version, as events name it: <c>https://VAULT/secrets/NAME/VERSION</c>.</summary>
/// <param name="Location">The secret's address, as <see cref="ICredentialBackend.Locate"/> of the Key Vault backend gives it.</param>
/// <param name="Version">The version's id, or a dash.</param>
internal readonly record struct VersionAddress(string Location, string Version)
{
    public static VersionAddress? Parse(string? id)
    {
        if (!Uri.TryCreate(id, UriKind.Absolute, out var address) || address.Scheme != Uri.UriSchemeHttps || address.UserInfo.Length > 0)
        {
            return null;
        }

        // "/", "secrets/", "name/", "version". An address that was parsed is escaped, so nothing of it can break a line of a log.
        var parts = Array.ConvertAll(address.Segments, part => part.TrimEnd('/'));
        return parts is ["", "secrets" or "certificates", { Length: > 0 and <= 127 } name, .. var rest] && rest.Length <= 1
            ? new VersionAddress(new Uri(address, $"/secrets/{name}").AbsoluteUri, rest is [{ Length: > 0 and <= 64 } version] ? version : "-")
            : null;
    }
}
