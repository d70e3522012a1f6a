using System.Security.Cryptography;
using Nhi.Rotation.Cli.Files;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>A stream whose first bytes were looked at, and are read again.</summary>
internal sealed class PeekedStream : ForwardStream
{
#pragma warning disable CA2213 // Whoever opened it closes it.
    private readonly Stream _inner;
#pragma warning restore CA2213
    private readonly byte[] _start;
    private int _given;

    public PeekedStream(Stream inner, int length)
    {
        _inner = inner;
        var start = new byte[length];
        _start = start[..inner.ReadAtLeast(start, length, throwOnEndOfStream: false)];
    }

    public ReadOnlySpan<byte> Start => _start;

    public override int Read(Span<byte> buffer)
    {
        if (_given == _start.Length)
        {
            return _inner.Read(buffer);
        }

        var count = Math.Min(buffer.Length, _start.Length - _given);
        _start.AsSpan(_given, count).CopyTo(buffer);
        _given += count;
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        CryptographicOperations.ZeroMemory(_start);
        base.Dispose(disposing);
    }
}
