using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Identity;

namespace Nhi.Rotation;

/// <summary>How the file backend reads a credential. The formats and errors are described in <c>docs/files.md</c>.</summary>
/// <remarks>Read once, when the backend is made; later changes have no effect.</remarks>
public sealed class FileBackendOptions
{
    internal const int LargestMaxFileSize = 16 * 1024 * 1024;
    internal static readonly TimeSpan LargestSettleTime = TimeSpan.FromSeconds(10);

    /// <summary>How the credential is laid out in files. Default: <see cref="FileLayout.Auto"/>.</summary>
    public FileLayout Layout { get; set; }

    /// <summary>
    /// The file inside the directory that the credential's path names, for a secret volume with many keys. A relative path without <c>..</c>.
    /// <see langword="null"/>, the default, when the path is complete.
    /// </summary>
    public string? FileName { get; set; }

    /// <summary>What a value's file contains. Default: <see cref="FileContent.Text"/>. Values inline in a document say it themselves.</summary>
    public FileContent Content { get; set; }

    /// <summary>
    /// The field of a JSON object whose string is the value, such as <c>password</c>. <see langword="null"/>, the default, takes JSON as the text it
    /// is. Needs <see cref="FileContent.Text"/>, and does not go with <see cref="FileLayout.VersionDocument"/>.
    /// </summary>
    public string? JsonField { get; set; }

    /// <summary>
    /// The files that are the fields of a <see cref="FileLayout.FieldDirectory"/>; each has to be there. In configuration one text, with commas between the names. <see langword="null"/>, the
    /// default, takes every file, at most 64.
    /// </summary>
    public IReadOnlyList<string>? Fields { get; set; }

    /// <summary>
    /// The largest file that is read, manifests included, in bytes: 1 to 16 MiB. Default: 64 KiB, the most an AWS secret holds and above any key,
    /// token or certificate chain in common use.
    /// </summary>
    public int MaxFileSize { get; set; } = 64 * 1024;

    /// <summary>
    /// How long content must stay unchanged before it counts, 0 to 10 s, where a file is not replaced atomically by a Kubernetes volume. Default:
    /// 25 ms, half of the 50 ms in which a change should be in use. A writer that pauses longer in the middle of a file must write another file
    /// and rename it. Zero reads once and is only for files that are always replaced by a rename.
    /// </summary>
    public TimeSpan SettleTime { get; set; } = TimeSpan.FromMilliseconds(25);

    /// <summary>
    /// What happens when somebody else may write the file, or change a directory or a link on its way, or owns one of them: who can do that can choose the value. Nobody
    /// else is the user of this process and root. Default: <see cref="FileExposure.Warn"/>.
    /// </summary>
    public FileExposure WritableByOthers { get; set; }

    /// <summary>
    /// Keys the fingerprint that is the version id of a <see cref="FileLayout.SingleValue"/>, at least 16 bytes; base64 in configuration. Needed
    /// for ids that are the same after a restart and in every instance of a fleet. It is itself a secret: with it, a guessed value can be checked
    /// against an id. <see langword="null"/>, the default, takes a random key for this process.
    /// </summary>
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    [JsonIgnore]
    [SuppressMessage("Performance", "CA1819:Properties should not return arrays", Justification = "Configuration binds base64 to byte[]; the backend keeps a copy.")]
    public byte[]? FingerprintKey { get; set; }

    /// <summary>What the credential's own option says: <see cref="CredentialOptions.Newline"/>.</summary>
    internal TrailingNewline Newline { get; set; }

    /// <summary>
    /// The file with the certificate chain that belongs to the private key at the credential's path; the value is both together. It is not secret, so its
    /// permissions are its own affair.
    /// </summary>
    internal string? CertificatePath { get; set; }

    /// <summary>The first thing wrong with the options, with its fix, or <see langword="null"/>.</summary>
    internal string? FindMistake()
    {
        if (!Enum.IsDefined(Layout) || !Enum.IsDefined(Content) || !Enum.IsDefined(WritableByOthers))
        {
            return "Layout, Content or WritableByOthers is not one of the defined values. Use a named value.";
        }

        if (MaxFileSize is < 1 or > LargestMaxFileSize)
        {
            return $"MaxFileSize is {MaxFileSize}. Set 1 to {LargestMaxFileSize} bytes.";
        }

        if (SettleTime < TimeSpan.Zero || SettleTime > LargestSettleTime)
        {
            return $"SettleTime is {SettleTime}. Set 0 to {LargestSettleTime.TotalSeconds} seconds.";
        }

        if (ValueId.FindProblem(FingerprintKey) is { } problem)
        {
            return problem;
        }

        if (FileName is not null && !RelativePath.IsInside(FileName))
        {
            return $"FileName is '{FileName}'. Set a relative path without '..', or put the whole path into the credential's path.";
        }

        return CertificatePath is not null ? FindPemMistake() : FindFieldsMistake() ?? (JsonField is null ? null : FindJsonFieldMistake());
    }

    private string? FindFieldsMistake()
    {
        if (Layout != FileLayout.FieldDirectory)
        {
            return Fields is null ? null : "Fields is set and Layout is not FieldDirectory. Set it, or leave Fields unset.";
        }

        if (Content == FileContent.Binary || JsonField is not null)
        {
            return "Layout is FieldDirectory with Content Binary or a JsonField. Leave these unset; name one file with FileName instead.";
        }

        return Fields is { } names && (names.Count is 0 or > FieldDirectory.MaxFields || names.Any(static name => !RelativePath.IsInside(name)) || names.Distinct(StringComparer.Ordinal).Count() != names.Count)
            ? $"Fields names no file, more than {FieldDirectory.MaxFields}, one twice, or one outside of the directory. Name each file of it once, or leave Fields unset to take all."
            : null;
    }

    private string? FindPemMistake() => Layout != FileLayout.SingleValue || FileName is not null || JsonField is not null || Content != FileContent.Text
        ? "PEM files have a Layout, FileName, Content or JsonField. Leave these unset; the two paths say it all."
        : null;

    private string? FindJsonFieldMistake()
    {
        if (JsonField is "")
        {
            return "JsonField is empty. Name a field, or leave it unset.";
        }

        if (Content == FileContent.Binary)
        {
            return "JsonField is set and Content is Binary. Set Content to Text, or leave JsonField unset.";
        }

        return Layout == FileLayout.VersionDocument ? "JsonField does not go with Layout VersionDocument. Put the field's value into the document." : null;
    }
}
