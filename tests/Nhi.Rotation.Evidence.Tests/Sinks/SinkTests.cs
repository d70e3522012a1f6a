using System.Text;
using Microsoft.Extensions.Logging.Testing;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Journal;
using Nhi.Rotation.Evidence.Reading;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Evidence.Tests.Sinks;

/// <summary>Evidence in a store that fails in the ways stores fail.</summary>
public sealed class SinkTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly FakeTimeProvider _time = new(Start);
    private readonly FakeLogger _log = new();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_was_stored_although_the_store_said_no_comes_again_as_it_was_so_it_never_looks_like_tampering()
    {
        var sink = new MemorySink { Before = static _ => { }, After = static () => throw new TimeoutException("the connection broke after the commit") };
        var journal = Journal(sink);
        await WriteAsync(journal, 3);
        Assert.NotNull(journal.Problem);

        // More comes about in the meantime.
        journal.Write(Line());
        sink.After = static () => { };
        await UntilAsync(journal, () => journal.Problem is null);
        await journal.DisposeAsync();

        var instance = Assert.Single(Read(sink));
        Assert.True(instance is { IsClosed: true, Findings: [] }, string.Join('\n', instance.Findings));
        Assert.Equal(6, instance.Lines);
        Assert.Equal(6, sink.Stored.DistinctBy(static line => line.Text).Count());
        Assert.InRange(sink.Stored.Count, 7, int.MaxValue);
    }

    [Fact]
    public async Task Only_the_type_of_a_stranger_s_exception_is_told_and_all_of_an_EvidenceSinkException()
    {
        var sink = new MemorySink { Before = static _ => throw new InvalidOperationException("Password=hunter2") };
        var journal = Journal(sink);
        await WriteAsync(journal, 1);
        Assert.Equal("'store' cannot be written: it failed with InvalidOperationException. Look at the store's own log; the message is withheld here, as it may hold a password.", journal.Problem);

        sink.Before = static _ => throw new EvidenceSinkException("the table 'nhi_evidence' is missing", "Run the script.");
        await UntilAsync(journal, () => journal.Problem!.EndsWith("the table 'nhi_evidence' is missing. Run the script.", StringComparison.Ordinal));
        Assert.DoesNotContain(_log.Collector.GetSnapshot(), static record => record.Message.Contains("hunter2", StringComparison.Ordinal));
        Assert.Single(_log.Collector.GetSnapshot(), static record => record.Id.Id == 140);
    }

    [Fact]
    public async Task A_store_that_fails_is_asked_less_and_less_often_and_at_the_end_at_once()
    {
        var sink = new MemorySink { Before = static _ => throw new InvalidOperationException() };
        var journal = Journal(sink);
        await WriteAsync(journal, 1);
        for (var second = 0; second < 600; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            journal.Flush(_time.GetUtcNow());
            await DoneAsync(journal);
        }

        // Two calls, and then pauses of 2, 4, ... 60 s, each cut by as much as a half.
        Assert.InRange(sink.Calls, 10, 40);
        sink.Before = static _ => { };
        var before = sink.Calls;
        await journal.DisposeAsync();
        Assert.Equal(before + 2, sink.Calls);
        Assert.True(Assert.Single(Read(sink)) is { IsClosed: true, Findings: [] });
    }

    [Fact]
    public async Task A_store_that_never_answers_is_told_holds_up_nobody_and_is_not_called_twice()
    {
        var sink = new MemorySink { Hang = new TaskCompletionSource() };
        var journal = Journal(sink);
        journal.Write(Line());
        journal.Flush(_time.GetUtcNow());
        while (journal.Problem is null)
        {
            await Task.Delay(1, Ct);
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal("'store' cannot be written: it did not answer within 10 s. Look at the network path to it, and whether it is overloaded.", journal.Problem);
        for (var second = 0; second < 200; second++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            journal.Write(Line());
            journal.Flush(_time.GetUtcNow());
            await DoneAsync(journal);
        }

        Assert.Equal(1, sink.Calls);
        var hung = sink.Hang;
        sink.Hang = null;
        hung.SetResult();
        await UntilAsync(journal, () => journal.Problem is null);
        await journal.DisposeAsync();
        Assert.True(Assert.Single(Read(sink)) is { IsClosed: true, Findings: [], Lines: > 200 });
    }

    [Fact]
    public async Task What_does_not_fit_is_counted_as_lost()
    {
        var sink = new MemorySink { Before = static _ => throw new InvalidOperationException() };
        var journal = Journal(sink);
        await WriteAsync(journal, 5);
        await WriteAsync(journal, EvidenceJournal.MaxWaiting + 7);
        sink.Before = static _ => { };
        await journal.DisposeAsync();

        var instance = Assert.Single(Read(sink));

        // Seven, and one more for the line of the end.
        Assert.Equal([FindingKind.Lost], instance.Findings.Select(static finding => finding.Kind));
        Assert.Contains(sink.Stored, static line => line.Text.Contains("\"missing\":8,", StringComparison.Ordinal));
        Assert.InRange(sink.Largest, 1_000, 1_010);
    }

    private EvidenceEvent Line() => new() { Kind = EvidenceKind.Alive, At = _time.GetUtcNow() };

    private static IReadOnlyList<InstanceEvidence> Read(MemorySink sink) =>
        EvidenceReader.Read([], earlier: null, [KeyValuePair.Create<string, Stream>("store", new MemoryStream(Encoding.UTF8.GetBytes(string.Join('\n', sink.Stored.Select(static line => line.Text)))))]);

    private EvidenceJournal Journal(MemorySink sink) =>
        new(new JournalSink(sink, new ChainIdentity("shop", "0123456789abcdef", "0.1.0", Start), _time), _time, new EngineLog(_log));

    private async Task WriteAsync(EvidenceJournal journal, int count)
    {
        for (var i = 0; i < count; i++)
        {
            journal.Write(Line());
        }

        journal.Flush(_time.GetUtcNow());
        await DoneAsync(journal);
    }

    // A second try waits a moment.
    private async Task DoneAsync(EvidenceJournal journal)
    {
        while (!journal.Writing.IsCompleted)
        {
            await Task.Delay(1, Ct);
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }
    }

    private async Task UntilAsync(EvidenceJournal journal, Func<bool> happened)
    {
        while (!happened())
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            journal.Flush(_time.GetUtcNow());
            await DoneAsync(journal);
            Ct.ThrowIfCancellationRequested();
        }
    }
}
