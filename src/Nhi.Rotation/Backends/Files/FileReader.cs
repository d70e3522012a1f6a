using System.Security.Cryptography;

namespace Nhi.Rotation.Backends.Files;

/// <summary>Reads one file without following a link at its end. Blocks on disk, so it is called on the thread pool.</summary>
internal static class FileReader
{
    public static FileImage Read(string path, int maxSize)
    {
        try
        {
            var info = new FileInfo(path);
            if (File.GetAttributes(path).HasFlag(FileAttributes.Directory))
            {
                return FileImage.Of(FileImageState.Directory);
            }

            if (info.LinkTarget is not null)
            {
                return FileImage.Of(FileImageState.Link);
            }

            // Opening a pipe without a writer blocks for good, and the BCL has no call for a file's type. A pipe, socket or device has the size
            // zero, and an empty file is of no use either: neither is opened.
            return info.Length switch
            {
                0 => FileImage.Of(FileImageState.Empty),
                var length when length > maxSize => FileImage.TooLarge(length),
                _ => Open(path, maxSize),
            };
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return FileImage.Of(FileImageState.Missing);
        }
        catch (UnauthorizedAccessException)
        {
            return FileImage.Of(FileImageState.Denied);
        }
        catch (IOException e)
        {
            return FileImage.Failed(e);
        }
    }

    private static FileImage Open(string path, int maxSize)
    {
        // The writer is not hindered by us: not from writing, and not from replacing the file.
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        if (!stream.CanSeek || stream.Length == 0)
        {
            return FileImage.Of(FileImageState.Empty);
        }

        if (stream.Length > maxSize)
        {
            return FileImage.TooLarge(stream.Length);
        }

        // One byte more than expected shows that the file grew meanwhile.
        var buffer = new byte[(int)stream.Length + 1];
        var count = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        if (count == 0)
        {
            return FileImage.Of(FileImageState.Empty);
        }

        if (count > maxSize)
        {
            CryptographicOperations.ZeroMemory(buffer);
            return FileImage.TooLarge(count);
        }

        var mode = OperatingSystem.IsWindows() ? UnixFileMode.None : File.GetUnixFileMode(stream.SafeFileHandle);
        return FileImage.Content(buffer, count, File.GetLastWriteTimeUtc(stream.SafeFileHandle), mode);
    }
}
