namespace Nhi.Rotation;

/// <summary>How evidence is kept in files.</summary>
public sealed class EvidenceFileOptions : EvidenceOptions
{
    /// <summary>The directory, made if it is missing. Every instance writes files of its own, so instances may share one.</summary>
    public string Directory { get; set; } = string.Empty;

    /// <summary>The size in bytes at which the next file begins; a file may exceed it by one batch. At least 4096. Default 16 MiB. Files are never deleted.</summary>
    public long MaxFileBytes { get; set; } = 16 * 1024 * 1024;
}
