using Nhi.Rotation.Evidence.Chains;

namespace Nhi.Rotation.Evidence.Reading;

/// <summary>A place in a chain, by number and by hash.</summary>
internal sealed class ChainCursor
{
    // Not known after a line that was edited.
    private string? _expected = LineSeal.Origin;
    private long _seq;

    /// <summary>How many lines of the chain were read.</summary>
    public int Lines { get; private set; }

    /// <summary>The number of the last line.</summary>
    public long Seq => _seq;

    /// <summary>The last hash.</summary>
    public string Head { get; private set; } = LineSeal.Origin;

    /// <summary>What speaks against a line at this place, and whether it is to be left out.</summary>
    public (string? Fault, bool IsOutOfPlace) Expect(ChainLine content) =>
        content.Seq <= _seq ? ($"repeated or out of order: line {content.Seq} of the chain comes after line {_seq}", true)
        : content.Seq == _seq + 2 ? ($"line {_seq + 1} of the chain is missing before it", false)
        : content.Seq > _seq + 1 ? ($"lines {_seq + 1} to {content.Seq - 1} of the chain are missing before it", false)
        : _expected is not null && content.Prev != _expected ? ("the line before it was rewritten: this one names another hash", false)
        : (null, false);

    /// <summary>Goes past a line. Of an edited one, what came after it knows the hash that it had; it was reported already.</summary>
    public void Pass(ReadLine line, long seq)
    {
        Lines++;
        _seq = seq;
        _expected = line.IsSealed ? line.Hash : null;
        Head = line.Hash;
    }

    /// <summary>Goes past a line that says nothing this tool knows. With a hash of its own it is a link of the chain all the same.</summary>
    public void PassUnread(ReadLine line)
    {
        _seq++;
        _expected = null;
        if (line.IsSealed)
        {
            Lines++;
            _expected = Head = line.Hash;
        }
    }

    /// <summary>Goes past a line of which nothing can be checked.</summary>
    public void PassUnchecked() => Lines++;
}
