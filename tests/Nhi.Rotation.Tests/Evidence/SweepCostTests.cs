using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Journal;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Tests.Evidence;

/// <summary>What evidence costs when nothing moves.</summary>
public sealed class SweepCostTests
{
    private const int Credentials = 100_000;
    private const int Versions = 3;

    [Fact]
    public void A_sweep_of_100000_credentials_with_3_versions_each_takes_less_than_100_ms()
    {
        var directory = Directory.CreateTempSubdirectory("evidence-");
        try
        {
            using var metrics = new CredentialMetrics(factory: null);
            var log = new EngineLog(NullLogger.Instance);
            var now = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
            using var journal = new EvidenceJournal(
                new EvidenceFileOptions { Directory = directory.FullName }, new ChainIdentity("shop", "0123456789abcdef", "0.1.0", now), TimeProvider.System, log);
            var before = GC.GetTotalMemory(forceFullCollection: true);
            var ledger = new UseLedger(metrics, log, TimeProvider.System, journal);
            var records = new List<UseRecord>(Credentials * Versions);
            for (var i = 0; i < Credentials; i++)
            {
                for (var version = 0; version < Versions; version++)
                {
                    var use = ledger.AddVersion(ledger.Find($"credential-{i}"), new VersionRecord(ledger.Slots, $"credential-{i}", $"v{version}")).ForConsumer("app");
                    records.Add(use);
                }
            }

            records[17].RecordUse();
            ledger.Sweep(now);
            var perCredential = (GC.GetTotalMemory(forceFullCollection: true) - before) / Credentials;
            var best = TimeSpan.MaxValue;
            for (var i = 1; i <= 10; i++)
            {
                var started = Stopwatch.GetTimestamp();
                ledger.Sweep(now.AddSeconds(i));
                var took = Stopwatch.GetElapsedTime(started);
                best = took < best ? took : best;
            }

            TestContext.Current.TestOutputHelper!.WriteLine($"sweep {best.TotalMilliseconds:0.00} ms, {perCredential} bytes a credential with {Versions} versions");
            Assert.True(best < TimeSpan.FromMilliseconds(100), $"the best of 10 sweeps took {best.TotalMilliseconds} ms");
            GC.KeepAlive(records);
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }
}
