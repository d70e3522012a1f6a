namespace Nhi.Rotation.Refreshing;

/// <summary>
/// Who is due first: a binary heap in which an entry knows its place, so that it can be moved. A priority queue without that keeps what was put off until its old time has come,
/// for each refresh that somebody asks for in between.
/// </summary>
internal sealed class DueHeap
{
    private RefreshEntry[] _entries = [];
    private int _count;

    /// <summary>Who is due first, if anybody is.</summary>
    public RefreshEntry? First => _count == 0 ? null : _entries[0];

    /// <summary>Puts an entry where it belongs, whether it was there before or not.</summary>
    public void Put(RefreshEntry entry, TimeSpan due)
    {
        entry.QueuedAt = due;
        if (entry.Place < 0)
        {
            if (_count == _entries.Length)
            {
                Array.Resize(ref _entries, Math.Max(4, _count + (_count / 2)));
            }

            Set(_count++, entry);
        }

        Up(entry);
        Down(entry);
    }

    /// <summary>Takes an entry out, if it is there.</summary>
    public void Remove(RefreshEntry entry)
    {
        var place = entry.Place;
        entry.QueuedAt = null;
        entry.Place = -1;
        if (place < 0)
        {
            return;
        }

        var last = _entries[--_count];
        _entries[_count] = null!;
        if (last != entry)
        {
            Set(place, last);
            Up(last);
            Down(last);
        }
    }

    private void Up(RefreshEntry entry)
    {
        var place = entry.Place;
        while (place > 0 && IsBefore(entry, _entries[(place - 1) / 2]))
        {
            Set(place, _entries[(place - 1) / 2]);
            place = (place - 1) / 2;
        }

        Set(place, entry);
    }

    private void Down(RefreshEntry entry)
    {
        var place = entry.Place;
        while ((2 * place) + 1 is var child && child < _count)
        {
            child += child + 1 < _count && IsBefore(_entries[child + 1], _entries[child]) ? 1 : 0;
            if (!IsBefore(_entries[child], entry))
            {
                break;
            }

            Set(place, _entries[child]);
            place = child;
        }

        Set(place, entry);
    }

    private void Set(int place, RefreshEntry entry)
    {
        _entries[place] = entry;
        entry.Place = place;
    }

    private static bool IsBefore(RefreshEntry a, RefreshEntry b) => a.QueuedAt < b.QueuedAt;
}
