namespace Nhi.Rotation.Vault.Client;

/// <summary>How the other end of a TLS connection to Vault is checked, from the environment as Vault's own client reads it.</summary>
/// <param name="CaFile"><c>VAULT_CACERT</c>: a file of PEM certificates.</param>
/// <param name="CaText"><c>VAULT_CACERT_BYTES</c>: the same as text; the file wins.</param>
/// <param name="CaFolder"><c>VAULT_CAPATH</c>: a folder of such files; file and text win.</param>
/// <param name="ServerName"><c>VAULT_TLS_SERVER_NAME</c>: the name that is asked for and that the certificate must have.</param>
/// <param name="SkipVerify"><c>VAULT_SKIP_VERIFY</c>; <see langword="null"/> if it is neither true nor false.</param>
internal sealed record VaultTls(string? CaFile, string? CaText, string? CaFolder, string? ServerName, bool? SkipVerify)
{
    public string? Mistake => SkipVerify is null ? "VAULT_SKIP_VERIFY is neither true nor false. Write 'true' or 'false', or remove it." : null;

    /// <summary>Whether certificates of the user's own are trusted, and no others.</summary>
    public bool HasRoots => (CaFile ?? CaText ?? CaFolder) is not null;

    public static VaultTls Read(Func<string, string?> environment)
    {
        return new VaultTls(Set("VAULT_CACERT"), Set("VAULT_CACERT_BYTES"), Set("VAULT_CAPATH"), Set("VAULT_TLS_SERVER_NAME"), Flag(Set("VAULT_SKIP_VERIFY")));

        string? Set(string name) => environment(name) is { Length: > 0 } text ? text : null;
    }

    // What Go's strconv.ParseBool takes.
    private static bool? Flag(string? text) => text switch
    {
        "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        null or "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => null,
    };
}
