using System.Security.Cryptography;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>Looks for all forms of all values, in pieces that stay in the processor's cache. Its own buffer is wiped.</summary>
internal sealed class Search(Quarry quarry) : IDisposable
{
    private const int PieceSize = 256 * 1024;

    private readonly byte[] _piece = GC.AllocateUninitializedArray<byte>(PieceSize + quarry.Longest, pinned: true);

    /// <summary>How many bytes it has looked at.</summary>
    public long Seen { get; private set; }

    /// <summary>Searches all that <paramref name="read"/> gives, until it gives nothing.</summary>
    /// <param name="read">Fills a part of the buffer and says how much.</param>
    /// <param name="found">Is told of each match once.</param>
    public void In(Func<Memory<byte>, int> read, Action<Match> found)
    {
        var (start, kept, isFirst) = (0L, 0, true);
        while (true)
        {
            var length = read(_piece.AsMemory(kept));
            var piece = _piece.AsSpan(0, kept + length);
            Seen += length;

            // What begins in the last bytes may go on in the next piece, and is found with it.
            var next = length == 0 ? 0 : Math.Min(piece.Length, quarry.Longest - 1);
            Find(piece, start, piece.Length - next, isFirst, found);
            isFirst = false;
            if (length == 0)
            {
                return;
            }

            piece[^next..].CopyTo(_piece);
            (start, kept) = (start + piece.Length - next, next);
        }
    }

    public void In(Stream content, Action<Match> found) => In(piece => content.Read(piece.Span), found);

    public void Dispose() => CryptographicOperations.ZeroMemory(_piece);

    private void Find(ReadOnlySpan<byte> piece, long start, int end, bool isFirst, Action<Match> found)
    {
        foreach (var form in quarry.Forms)
        {
            // Of an escaped form the core is looked for: from the first place on before which there is all that belongs to it. In the first piece that is its beginning.
            var before = form.Around?.MostBefore ?? 0;
            for (var at = isFirst ? 0 : before; at < end + before && at < piece.Length;)
            {
                var next = piece[at..].IndexOf(form.Bytes);
                if (next < 0 || at + next >= end + before)
                {
                    break;
                }

                at += next;
                if (form.Around is null)
                {
                    found(new Match(start + at, form));
                }
                else if (form.Around.TryMatch(piece, at..(at + form.Bytes.Length), out var whole) && !quarry.IsForm(form.Value, piece[whole]))
                {
                    found(new Match(start + whole.Start.Value, form));
                }

                at += form.Bytes.Length;
            }
        }
    }
}
