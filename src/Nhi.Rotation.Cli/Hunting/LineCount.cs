namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Knows in which line something stands that was read last, of content that is read once. It remembers only the lines that can still be asked about.</summary>
/// <param name="content">What is read.</param>
/// <param name="reach">How many bytes before the last read one may ask about.</param>
internal sealed class LineCount(Stream content, int reach)
{
    private readonly List<long> _ends = [];
    private long _position;
    private long _forgotten;

    public int Read(Memory<byte> into)
    {
        var old = _ends.FindIndex(end => end >= _position - reach);
        old = old < 0 ? _ends.Count : old;
        _ends.RemoveRange(0, old);
        _forgotten += old;

        var length = content.Read(into.Span);
        var piece = into.Span[..length];
        for (int at = 0, next; at < piece.Length && (next = piece[at..].IndexOf((byte)'\n')) >= 0; at += next + 1)
        {
            _ends.Add(_position + at + next);
        }

        _position += length;
        return length;
    }

    /// <summary>The line that an offset is in, from 1.</summary>
    public long At(long offset)
    {
        var found = _ends.BinarySearch(offset);
        return _forgotten + (found < 0 ? ~found : found) + 1;
    }
}
