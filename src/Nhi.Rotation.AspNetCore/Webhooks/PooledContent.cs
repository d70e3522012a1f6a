using System.Buffers;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>The bytes that are signed, in one pooled piece: what is signed before the body, then the body. Not safe for concurrent use.</summary>
internal sealed class PooledContent : IDisposable
{
    // A claimed length costs nothing: memory grows with what really arrives.
    private const int FirstSize = 16 * 1024;

    private readonly int _bodyStart;
    private byte[] _bytes;
    private int _length;
    private MemoryStream? _body;

    /// <param name="prefix">What is signed before the body, ASCII.</param>
    public PooledContent(string prefix)
    {
        _bytes = ArrayPool<byte>.Shared.Rent(FirstSize + prefix.Length);
        _length = _bodyStart = System.Text.Encoding.ASCII.GetBytes(prefix, _bytes);
    }

    public ReadOnlySpan<byte> Signed => _bytes.AsSpan(0, _length);

    public int BodyLength => _length - _bodyStart;

    /// <summary>Reads a body to its end.</summary>
    /// <returns>Whether it has at most <paramref name="maxSize"/> bytes.</returns>
    public async ValueTask<bool> TryReadAsync(Stream body, int maxSize, CancellationToken ct)
    {
        while (true)
        {
            if (_length == _bytes.Length)
            {
                Grow();
            }

            var read = await body.ReadAsync(_bytes.AsMemory(_length), ct).ConfigureAwait(false);
            if (read == 0)
            {
                return true;
            }

            _length += read;
            if (BodyLength > maxSize)
            {
                return false;
            }
        }
    }

    /// <summary>The body, readable until this is disposed. One at a time.</summary>
    public Stream OpenBody() => _body = new MemoryStream(_bytes, _bodyStart, BodyLength, writable: false, publiclyVisible: false);

    public void Dispose()
    {
        // Whoever kept the stream gets an exception, and not the next request's body.
        _body?.Dispose();
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _bytes, []));
        _length = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        Signed.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
