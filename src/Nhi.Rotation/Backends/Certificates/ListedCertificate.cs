namespace Nhi.Rotation.Backends.Certificates;

/// <summary>A version that another backend listed, and what it is as a certificate.</summary>
internal sealed record ListedCertificate(BackendVersion Version)
{
    /// <summary>What it is decrypted, if it was encrypted.</summary>
    public SecretValue? Opened { get; init; }

    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? NotAfter { get; init; }

    public CredentialFormatException? Problem { get; init; }

    /// <summary>Whether it is a certificate, be it an expired one.</summary>
    public bool IsReadable => Problem is null || NotAfter is not null;

    /// <summary>The version with the narrower of the backend's dates and the leaf's. What cannot be read has no value, so that it is asked for again.</summary>
    public BackendVersion ToVersion() => new(Version.Id, IsReadable ? Opened ?? Version.Value : null)
    {
        Label = Version.Label,
        IsEnabled = Version.IsEnabled,
        RevokedBecause = Version.RevokedBecause,
        CreatedOn = Version.CreatedOn,
        NotBefore = NotBefore > Version.NotBefore || Version.NotBefore is null ? NotBefore : Version.NotBefore,
        ExpiresOn = NotAfter < Version.ExpiresOn || Version.ExpiresOn is null ? NotAfter : Version.ExpiresOn,
    };
}
