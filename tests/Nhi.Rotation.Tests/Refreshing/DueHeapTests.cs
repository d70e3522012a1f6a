using CsCheck;
using Nhi.Rotation.Refreshing;

namespace Nhi.Rotation.Tests.Refreshing;

public sealed class DueHeapTests
{
    private const int Entries = 12;

    private static readonly Gen<(int Entry, int? Due)[]> Changes = Gen.Select(Gen.Int[0, Entries - 1], Gen.Int[0, 20].Nullable()).Array[0, 60];

    [Fact]
    public void Whoever_is_due_first_is_first_whatever_was_put_moved_and_taken_out() => Changes.Sample(changes =>
    {
        var heap = new DueHeap();
        var entries = Enumerable.Range(0, Entries).Select(_ => (RefreshEntry)new SomeEntry()).ToArray();
        foreach (var (index, due) in changes)
        {
            if (due is { } ticks)
            {
                heap.Put(entries[index], TimeSpan.FromTicks(ticks));
            }
            else
            {
                heap.Remove(entries[index]);
            }

            Assert.Equal(entries.Min(entry => entry.QueuedAt), heap.First?.QueuedAt);
        }

        var expected = entries.Where(entry => entry.QueuedAt is not null).Select(entry => entry.QueuedAt).Order().ToArray();
        Assert.Equal(expected, [.. expected.Select(_ => Take(heap))]);
        Assert.Null(heap.First);
    });

    private static TimeSpan? Take(DueHeap heap)
    {
        var first = heap.First!;
        var due = first.QueuedAt;
        heap.Remove(first);
        return due;
    }

    private sealed class SomeEntry() : RefreshEntry(TimeSpan.Zero)
    {
        public override string Name => throw new NotSupportedException();

        public override string Key => throw new NotSupportedException();

        public override ICredentialBackend Backend => throw new NotSupportedException();

        public override RefreshPolicy Policy => throw new NotSupportedException();

        public override BackendRequest NewRequest() => throw new NotSupportedException();

        public override NextStep TakeListing(BackendListing listing) => throw new NotSupportedException();

        public override NextStep Tick() => throw new NotSupportedException();

        public override ValueTask<NextStep> ProbeAsync(string versionId, CancellationToken ct) => throw new NotSupportedException();

        public override ValueTask<NextStep> ProveRetirementAsync(string versionId, CancellationToken ct) => throw new NotSupportedException();
    }
}
