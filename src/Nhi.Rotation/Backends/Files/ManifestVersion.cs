using System.Diagnostics;

namespace Nhi.Rotation.Backends.Files;

/// <summary>One version in a manifest: its value is in <see cref="File"/>, or inline in <see cref="Inline"/>.</summary>
[DebuggerDisplay("{Id,nq}")]
internal sealed class ManifestVersion
{
    public required string Id { get; init; }

    public string? File { get; init; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public byte[]? Inline { get; init; }

    public VersionLabel Label { get; init; }

    public bool IsEnabled { get; init; }

    public string? RevokedBecause { get; init; }

    public DateTimeOffset? CreatedOn { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? ExpiresOn { get; init; }

    public BackendVersion ToVersion(SecretValue? value) => new(Id, value)
    {
        Label = Label,
        IsEnabled = IsEnabled,
        RevokedBecause = RevokedBecause,
        CreatedOn = CreatedOn,
        NotBefore = NotBefore,
        ExpiresOn = ExpiresOn,
    };
}
