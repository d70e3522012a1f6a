using System.Diagnostics;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>The value of one version, on its way from a client to the backend. It can be read by nobody else.</summary>
public sealed class SecretVersionValue
{
    /// <summary>Takes a version's value.</summary>
    /// <param name="arn">The secret's full ARN.</param>
    /// <param name="versionId">The version's id.</param>
    /// <param name="createdDate">When the version was made.</param>
    /// <param name="secretString">Its text, or <see langword="null"/> if it has bytes.</param>
    /// <param name="secretBinary">Its bytes, or <see langword="null"/> if it has text.</param>
    public SecretVersionValue(string? arn, string? versionId, DateTime? createdDate, string? secretString, MemoryStream? secretBinary)
    {
        Arn = arn ?? string.Empty;
        VersionId = versionId;
        CreatedOn = createdDate is { } time ? new DateTimeOffset(time.ToUniversalTime()) : null;
        Text = secretString;
        Binary = secretBinary;
    }

    internal string Arn { get; }

    internal string? VersionId { get; }

    internal DateTimeOffset? CreatedOn { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal string? Text { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    internal MemoryStream? Binary { get; }
}
