using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Nhi.Rotation.AspNetCore.Webhooks;

/// <summary>The bytes that are signed, in one pooled piece: what is signed before the body, then the body. Not safe for concurrent use.</summary>
internal sealed class PooledContent : IDisposable
{
    // A claimed length costs nothing: memory grows with what really arrives.
    private const int FirstSize = 16 * 1024;

    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(FirstSize);
    private int _bodyStart;
    private int _length;
    private MemoryStream? _body;

    public ReadOnlySpan<byte> Signed => _bytes.AsSpan(0, _length);

    public int BodyLength => _length - _bodyStart;

    /// <summary>Puts what is signed before the body there, ASCII, in place of what was.</summary>
    public void Begin(string prefix)
    {
        var bodyLength = BodyLength;
        while (prefix.Length + bodyLength > _bytes.Length)
        {
            Grow();
        }

        if (bodyLength > 0)
        {
            _bytes.AsSpan(_bodyStart, bodyLength).CopyTo(_bytes.AsSpan(prefix.Length));
        }

        _bodyStart = Encoding.ASCII.GetBytes(prefix, _bytes);
        _length = _bodyStart + bodyLength;
    }

    /// <summary>Reads a body to its end.</summary>
    /// <returns>Whether it has at most <paramref name="maxSize"/> bytes.</returns>
    public async ValueTask<bool> TryReadAsync(Stream body, int maxSize, CancellationToken ct)
    {
        try
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
        catch (BadHttpRequestException error) when (error.StatusCode == StatusCodes.Status413PayloadTooLarge)
        {
            // The server's own limit is the lower one.
            return false;
        }
    }

    /// <summary>The body, readable until this is disposed. One at a time.</summary>
    public Stream OpenBody() => _body = new MemoryStream(_bytes, _bodyStart, BodyLength, writable: false, publiclyVisible: false);

    public void Dispose()
    {
        // Whoever kept the stream gets an exception, and not the next request's body.
        _body?.Dispose();
        ArrayPool<byte>.Shared.Return(Interlocked.Exchange(ref _bytes, []));
        _length = _bodyStart = 0;
    }

    private void Grow()
    {
        var larger = ArrayPool<byte>.Shared.Rent(_bytes.Length * 2);
        Signed.CopyTo(larger);
        ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = larger;
    }
}
