using System.Diagnostics;
using System.Security.Cryptography;

namespace Nhi.Rotation.Backends.Files;

/// <summary>What one look at a path showed.</summary>
internal sealed class FileImage
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly byte[] _buffer;

    private readonly int _count;

    private FileImage(FileImageState state, byte[] buffer, int count)
    {
        State = state;
        _buffer = buffer;
        _count = count;
    }

    public FileImageState State { get; }

    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    public ReadOnlyMemory<byte> Bytes => _buffer.AsMemory(0, _count);

    /// <summary>The size in bytes of a file with content or above the limit.</summary>
    public long Length { get; private init; }

    /// <summary>When the file was last written; only for content.</summary>
    public DateTimeOffset LastWriteTime { get; private init; }

    /// <summary>The permissions; only for content, and not on Windows.</summary>
    public UnixFileMode Mode { get; private init; }

    /// <summary>The type of the exception that reading ended in.</summary>
    public string? Failure { get; private init; }

    public static FileImage Of(FileImageState state) => new(state, [], 0);

    public static FileImage Failed(Exception error) => new(FileImageState.Failed, [], 0) { Failure = error.GetType().Name };

    public static FileImage TooLarge(long length) => new(FileImageState.TooLarge, [], 0) { Length = length };

    public static FileImage Content(byte[] buffer, int count, DateTimeOffset lastWriteTime, UnixFileMode mode) =>
        new(FileImageState.Content, buffer, count) { Length = count, LastWriteTime = lastWriteTime, Mode = mode };

    /// <summary>What two files hold together, a line ending between them.</summary>
    public static FileImage Joined(ReadOnlySpan<byte> first, ReadOnlySpan<byte> second) => Made([.. first, (byte)'\n', .. second]);

    /// <summary>What was made of files, and is wiped with them.</summary>
    public static FileImage Made(byte[] value) => new(FileImageState.Content, value, value.Length) { Length = value.Length };

    public bool SameAs(FileImage other) =>
        State == other.State && Length == other.Length && LastWriteTime == other.LastWriteTime && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <summary>Overwrites the content, so that polling does not fill the heap with copies of the value.</summary>
    public void Wipe() => CryptographicOperations.ZeroMemory(_buffer);
}
