namespace Nhi.Rotation;

/// <summary>Which version a backend is asked to end.</summary>
public sealed class BackendRevocation
{
    /// <summary>Names a version.</summary>
    /// <param name="credentialName">The credential's name, for error messages.</param>
    /// <param name="key">Where the backend holds it, as in <see cref="BackendRequest.Key"/>.</param>
    /// <param name="versionId">The version, by the id that the backend listed it under.</param>
    public BackendRevocation(string credentialName, string key, string versionId)
    {
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        CredentialName = credentialName;
        Key = key;
        VersionId = versionId;
    }

    /// <summary>The credential's name, for error messages.</summary>
    public string CredentialName { get; }

    /// <summary>Where the backend holds it.</summary>
    public string Key { get; }

    /// <summary>The version.</summary>
    public string VersionId { get; }
}
