namespace Nhi.Rotation.Evidence.Reading;

/// <summary>What was read of a file and not yet taken as lines. It grows to the longest line, and to no more than twice the bound.</summary>
internal sealed class LineBuffer(int maxLine)
{
    private byte[] _bytes = new byte[64 * 1024];
    private int _start;
    private int _end;

    /// <summary>Whether the line that is being read is longer than the bound; its bytes are not kept.</summary>
    public bool IsTooLong { get; private set; }

    /// <summary>What is left after the last newline.</summary>
    public ReadOnlySpan<byte> Rest => _bytes.AsSpan(_start.._end);

    /// <summary>Takes the next line that ends with a newline, as far as it is here already; nothing of a line that was too long.</summary>
    public bool TryTake(out ReadOnlySpan<byte> line, out bool isTooLong)
    {
        var newline = Rest.IndexOf((byte)'\n');
        isTooLong = IsTooLong;
        line = newline >= 0 ? Rest[..newline] : [];
        if (newline < 0)
        {
            return false;
        }

        _start += newline + 1;
        IsTooLong = false;
        return true;
    }

    /// <summary>Reads on.</summary>
    /// <returns>Whether there was anything.</returns>
    public bool Fill(Stream stream)
    {
        if (_end - _start > maxLine)
        {
            IsTooLong = true;
            _start = _end;
        }

        Rest.CopyTo(_bytes);
        (_start, _end) = (0, _end - _start);
        if (_end == _bytes.Length)
        {
            Array.Resize(ref _bytes, _bytes.Length * 2);
        }

        var count = stream.Read(_bytes.AsSpan(_end));
        _end += count;
        return count > 0;
    }
}
