namespace Nhi.Rotation;

/// <summary>How a credential is laid out in files. The formats are described in <c>docs/files.md</c>.</summary>
public enum FileLayout
{
    /// <summary>
    /// A directory that holds <c>manifest.json</c> is a <see cref="VersionDirectory"/>, a file whose name ends in <c>.versions.json</c> is a
    /// <see cref="VersionDocument"/>, any other file is a <see cref="SingleValue"/>. The content of a file is never looked at to decide.
    /// </summary>
    Auto,

    /// <summary>One file that holds one value: a key of a Kubernetes secret volume, a Docker or systemd secret. Its version is current.</summary>
    SingleValue,

    /// <summary>A directory with <c>manifest.json</c> and one file a version.</summary>
    VersionDirectory,

    /// <summary>One JSON file with the content of a manifest and the values inline.</summary>
    VersionDocument,

    /// <summary>
    /// A directory whose files together are one value: a JSON object with each file's text under its name. A whole secret volume of Kubernetes: <c>username</c> and <c>password</c>,
    /// <c>tls.crt</c> and <c>tls.key</c>, any names. Its version is current.
    /// </summary>
    FieldDirectory,
}
