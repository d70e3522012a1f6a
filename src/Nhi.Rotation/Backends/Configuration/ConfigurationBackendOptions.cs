namespace Nhi.Rotation;

/// <summary>How a credential is taken from configuration.</summary>
public sealed class ConfigurationBackendOptions
{
    /// <summary>
    /// Keys the ids of versions, 16 bytes or more: set the same in all services that are to call a version alike. Without it a random key of the process does, and ids are its own. Default <see langword="null"/>.
    /// </summary>
    [System.Diagnostics.CodeAnalysis.SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Options are set once.")]
    public byte[]? FingerprintKey { get; set; }
}
