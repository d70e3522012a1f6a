using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Tests.Support;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>Evidence that lasts is in the order in which it came about: the reader takes the last line of a user for the newest.</summary>
public sealed class SinkOrderTests
{
    [Fact]
    public void Uses_are_handed_on_while_nobody_else_can_count_them()
    {
        using var metrics = new CredentialMetrics(factory: null);
        using var sink = new Recorder();
        var ledger = new UseLedger(metrics, new EngineLog(NullLogger.Instance), new TwoClocks(), sink);
        sink.IsInOrder = () => ledger.Gate.IsHeldByCurrentThread;
        var use = ledger.AddVersion(ledger.Find("stripe"), new VersionRecord(ledger.Slots, "stripe", "v1")).ForConsumer("app");

        use.RecordUse();
        use.BeginHold();
        ledger.Sweep(DateTimeOffset.UnixEpoch);
        use.EndHold();
        ledger.Sweep(DateTimeOffset.UnixEpoch.AddSeconds(1));

        // The first use is told at once.
        Assert.Equal([(0, true), (1, true), (0, true)], sink.Uses);
    }

    private sealed class Recorder : IJournal
    {
        public Func<bool> IsInOrder { get; set; } = () => false;

        public List<(int Held, bool IsInOrder)> Uses { get; } = [];

        public void Write(EvidenceEvent evidence)
        {
            if (evidence.Use is { } use)
            {
                Uses.Add((use.Held, IsInOrder()));
            }
        }

        public void Flush(DateTimeOffset now)
        {
        }

        public void WriteNow()
        {
        }

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
