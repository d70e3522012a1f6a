namespace Nhi.Rotation.Backends.Files;

/// <summary>The errors of one credential's files: texts in one place. None contains any part of a file's content but names and ids of a manifest.</summary>
internal sealed class FileErrors
{
    public FileErrors(string credentialName) => CredentialName = credentialName;

    public string CredentialName { get; }

    public BackendException InvalidPath(string key) => Misconfigured($"'{key}' is not a path", "Set the path of a file or a directory.");

    public BackendException JsonFieldWithDocument(string path) => Misconfigured(
        $"JsonField is set and '{path}' is a version document", "Put the field's value into the document, or leave JsonField unset.");

    public BackendException DirectoryWithoutManifest(string path) => Misconfigured(
        $"'{path}' is a directory without {Manifest.FileName}",
        $"Set the path of a file in it, set FileName, put a {Manifest.FileName} there, or set Layout to FieldDirectory to take its files as one value.");

    public BackendException NoFields(string path) => Invalid($"'{path}' has no file in it", "Mount the secret there, or write its files.");

    public BackendException TooManyFields(string path) => Invalid(
        $"'{path}' has more than {FieldDirectory.MaxFields} files", "Correct the path, or name the files in Fields.");

    public BackendException NotADirectory(string path) => Misconfigured(
        $"'{path}' is a file, and Layout is that of a directory", "Set the path of the directory, or another Layout.");

    public BackendException LinkLoop(string path) => Misconfigured($"'{path}' is a loop of symbolic links", "Point the link at a file.");

    public BackendException Open(string path, string place) => Misconfigured(
        $"somebody else can change what '{path}' leads to: {place}", "Give it to the user of this process or to root and let nobody else write there (chown, chmod go-w), or set WritableByOthers to Accept if that is how it is meant.");

    public BackendException Unstable(string path, TimeSpan settleTime) => new(
        CredentialName,
        BackendFailure.Unavailable,
        $"'{path}' keeps changing while it is read",
        $"Write another file and rename it, or pause at least {2 * settleTime.TotalMilliseconds:0} ms between two writes.");

    /// <summary>What is wrong with a file that has no content for us.</summary>
    public BackendException Of(FileImage image, string path, string real, int maxSize) => image.State switch
    {
        FileImageState.Missing => new BackendException(
            CredentialName,
            BackendFailure.NotFound,
            path == real ? $"'{path}' does not exist" : $"'{path}' leads through a symbolic link to '{real}', which does not exist",
            "Create the file, mount the secret there, or correct the path."),
        FileImageState.Directory => Misconfigured($"'{path}' is a directory, not a file", "Set the path of a file in it, or set FileName."),
        FileImageState.Empty => Invalid(
            $"'{path}' is empty, or a pipe, a socket or a device", "Write the value to a regular file; replace it by a rename."),
        FileImageState.TooLarge => Invalid(
            $"'{path}' has {image.Length} bytes, and the limit is {maxSize}", "Correct the path, or raise MaxFileSize."),
        FileImageState.Denied => new BackendException(
            CredentialName,
            BackendFailure.AccessDenied,
            $"'{path}' may not be read by this process",
            "Let the user of this process read the file and search its directories; in Kubernetes set fsGroup or defaultMode."),
        FileImageState.Link => new BackendException(
            CredentialName, BackendFailure.Unavailable, $"'{path}' was replaced while it was read", "None is needed: it is read again."),
        _ when image.Failure == nameof(PathTooLongException) => Misconfigured("its path is longer than this system allows", "Correct the path."),
        _ => new BackendException(
            CredentialName, BackendFailure.Unavailable, $"reading '{path}' failed with {image.Failure}", "Check the file system that holds it."),
    };

    public BackendException Invalid(string cause, string fix) => new(CredentialName, BackendFailure.InvalidContent, cause, fix);

    private BackendException Misconfigured(string cause, string fix) => new(CredentialName, BackendFailure.Misconfigured, cause, fix);
}
