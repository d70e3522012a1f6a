using Nhi.Rotation.Evidence;
using Nhi.Rotation.Identity;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.Providers;

/// <summary>What the ledger of a process is connected with; nothing of it is needed.</summary>
/// <param name="Sink">Where evidence lasts longer than the process.</param>
/// <param name="Heap">How it is found out who kept what was given out.</param>
/// <param name="Past">What earlier runs said.</param>
/// <param name="FingerprintKey">What the evidence compares values under.</param>
internal sealed record EvidenceParts(IJournal? Sink = null, HeapCheck? Heap = null, IPast? Past = null, byte[]? FingerprintKey = null)
{
    /// <summary>How the evidence tells which values are the same; <see langword="null"/> if there is none that lasts.</summary>
    public ValueTags? Tags { get; } = Sink is null ? null : new ValueTags(FingerprintKey);

    /// <summary>Why evidence cannot be written; <see langword="null"/> while it can.</summary>
    public string? Problem => Sink?.Problem;

    private LastWords? _lastWords;

    /// <summary>As the options have it.</summary>
    public static EvidenceParts Of(IJournal? sink, RotatingCredentialsOptions shared, IPast? past, byte[]? fingerprintKey) =>
        new(sink, new HeapCheck { IsInducing = shared.CollectAfterQuiet, Apart = shared.CollectionInterval }, past, fingerprintKey);

    /// <summary>Makes the ledger, which is written when the process ends in whatever way.</summary>
    public UseLedger Open(CredentialMetrics metrics, EngineLog log, TimeProvider time)
    {
        var ledger = new UseLedger(metrics, log, time, Sink, Heap);
        _lastWords = Sink is null ? null : new LastWords(ledger, Sink);
        return ledger;
    }

    /// <summary>Writes the last uses, since the last sweep.</summary>
    public async ValueTask CloseAsync(UseLedger ledger)
    {
        if (Sink is not null)
        {
            ledger.SweepAll();
            await Sink.DisposeAsync().ConfigureAwait(false);
            _lastWords?.Dispose();
        }
    }

    /// <summary>The same, waiting for it.</summary>
    public void Close(UseLedger ledger)
    {
        if (Sink is not null)
        {
            ledger.SweepAll();
            Sink.Dispose();
            _lastWords?.Dispose();
        }
    }
}
