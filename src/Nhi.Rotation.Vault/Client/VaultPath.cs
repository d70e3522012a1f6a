namespace Nhi.Rotation.Vault.Client;

/// <summary>A path of Vault's API, part by part.</summary>
internal static class VaultPath
{
    public static string Escape(string path) => string.Join('/', path.Trim('/').Split('/').Select(Uri.EscapeDataString));
}
