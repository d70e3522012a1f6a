using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Nhi.Rotation.Evidence;

/// <summary>
/// Where uses are counted. Every thread has cells of its own, in pages made on first use, so a use is one plain increment: no lock, no interlocked
/// instruction, no shared cache line. A reader adds up the threads' cells; exited threads are folded into a base page.
/// </summary>
internal static class UsePages
{
    private const int PageBits = 9;

    /// <summary>So many slots are read at once.</summary>
    public const int PageSize = 1 << PageBits;

    private static readonly Lock Gate = new();
    private static readonly List<ThreadCells> Live = [];
    private static readonly Stack<int> FreeSlots = new();
    private static long[]?[] _base = [];
    private static int _nextSlot;

    // The thread's own pages, one step away: finding them is most of what a use costs.
    [ThreadStatic]
    private static long[]?[]? _pages;

    // Its finalizer runs after the thread is gone; nothing but the thread refers to it.
    [ThreadStatic]
    private static ThreadExit? _exit;

    public static int Rent()
    {
        lock (Gate)
        {
            return FreeSlots.TryPop(out var slot) ? slot : _nextSlot++;
        }
    }

    /// <summary>Gives a slot back. Nobody may count on it any more.</summary>
    public static void Return(int slot)
    {
        lock (Gate)
        {
            foreach (var cells in Live)
            {
                Clear(cells.Pages, slot);
            }

            Clear(_base, slot);
            FreeSlots.Push(slot);
        }
    }

    /// <summary>Counts a use, if this thread has counted on the page before.</summary>
    /// <returns><see langword="false"/> if it has not, or <paramref name="slot"/> is below 0.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryIncrement(int slot)
    {
        if (_pages is { } pages)
        {
            var page = slot >> PageBits;
            if ((uint)page < (uint)pages.Length && pages[page] is { } counts)
            {
                ref var cell = ref counts[slot & (PageSize - 1)];

                // Only this thread writes the cell; the release makes a count visible no later than what follows the use.
                Volatile.Write(ref cell, cell + 1);
                return true;
            }
        }

        return false;
    }

    /// <summary>All threads' counts of one slot.</summary>
    public static long Read(int slot)
    {
        lock (Gate)
        {
            var sum = ReadCell(_base, slot);
            foreach (var cells in Live)
            {
                sum += ReadCell(cells.Pages, slot);
            }

            return sum;
        }
    }

    /// <summary>All threads' counts of a page.</summary>
    /// <param name="start">Its first slot.</param>
    /// <param name="totals">A page.</param>
    public static void ReadPage(int start, Span<long> totals)
    {
        var page = start >> PageBits;
        totals.Clear();
        lock (Gate)
        {
            Add(totals, _base, page);
            foreach (var cells in Live)
            {
                Add(totals, cells.Pages, page);
            }
        }
    }

    /// <summary>The next number of slots that fills whole pages, with room to grow.</summary>
    public static int RoundUp(int slots) => (slots + (slots / 4) + PageSize - 1) & -PageSize;

    /// <summary>Counts a use, and makes the page that it needs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Increment(int slot)
    {
        var page = slot >> PageBits;
        lock (Gate)
        {
            var cells = (_exit ??= Enter()).Cells;
            cells.Pages = Ensure(cells.Pages, page);
            _pages = cells.Pages;
        }

        _pages[page]![slot & (PageSize - 1)]++;
    }

    private static ThreadExit Enter()
    {
        Debug.Assert(Gate.IsHeldByCurrentThread);
        var cells = new ThreadCells();
        Live.Add(cells);
        return new ThreadExit(cells);
    }

    private static long[]?[] Ensure(long[]?[] pages, int page)
    {
        if (pages.Length <= page)
        {
            Array.Resize(ref pages, Math.Max(page + 1, pages.Length * 2));
        }

        pages[page] ??= new long[PageSize];
        return pages;
    }

    private static void Fold(ThreadCells exited)
    {
        lock (Gate)
        {
            for (var page = 0; page < exited.Pages.Length; page++)
            {
                if (exited.Pages[page] is not null)
                {
                    _base = Ensure(_base, page);
                    Add(_base[page], exited.Pages, page);
                }
            }

            Live.Remove(exited);
        }
    }

    private static void Add(Span<long> sums, long[]?[] pages, int page)
    {
        if (page >= pages.Length || pages[page] is not { } counts)
        {
            return;
        }

        var width = Vector<long>.Count;
        for (var i = 0; i < PageSize; i += width)
        {
            (new Vector<long>(sums[i..]) + new Vector<long>(counts, i)).CopyTo(sums[i..]);
        }
    }

    private static long ReadCell(long[]?[] pages, int slot)
    {
        var page = slot >> PageBits;
        return page < pages.Length && pages[page] is { } counts ? Volatile.Read(ref counts[slot & (PageSize - 1)]) : 0;
    }

    private static void Clear(long[]?[] pages, int slot)
    {
        var page = slot >> PageBits;
        if (page < pages.Length && pages[page] is { } counts)
        {
            counts[slot & (PageSize - 1)] = 0;
        }
    }

    private sealed class ThreadCells
    {
        public long[]?[] Pages = [];
    }

    private sealed class ThreadExit(ThreadCells cells)
    {
        public ThreadCells Cells { get; } = cells;

        ~ThreadExit() => Fold(Cells);
    }
}
