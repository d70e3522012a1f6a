using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Journal;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Makes what the evidence of a process is connected with, as it was declared.</summary>
internal static class EvidenceFactory
{
    // 32 bits would meet by chance in a fleet that restarts often; 64 do not.
    private const int InstanceIdBytes = 8;

    public static EvidenceParts Create(IServiceProvider services, CredentialSetup setup, RotatingCredentialsOptions shared, string app, TimeProvider time, EngineLog log)
    {
        var identity = NewIdentity(app, setup.Evidence, time.GetUtcNow());
#pragma warning disable CA2000 // The registry closes it.
        var sink = Journals.Of([.. Sinks(services, setup, identity, time, log)]);
#pragma warning restore CA2000
        IPast? past = shared.OnlyProcess ? null : setup.Evidence is { } files ? new JournalPast(files.Directory, identity, time) : new UnknownPast(time);
        return EvidenceParts.Of(sink, shared, past, setup.FingerprintKey);
    }

    // A line has one place in one chain, and what one place loses the other may have: so each has a chain of its own.
    private static IEnumerable<IJournal> Sinks(IServiceProvider services, CredentialSetup setup, ChainIdentity identity, TimeProvider time, EngineLog log)
    {
        if (setup.Evidence is { } files)
        {
            yield return new EvidenceJournal(files, identity, time, log);
        }

        if (setup.EvidenceLogs is { } logs)
        {
            yield return Journal(new JournalLogs(services.GetBackendLogger(JournalLogs.Category)), logs, identity, time, log);
        }

        foreach (var (create, options) in setup.EvidenceSinks)
        {
            yield return Journal(services.GetRequiredService<DeferredSinks>().Add(() => create(services)), options, identity, time, log);
        }
    }

    // One process started once: by that, readers know its chains as one instance's.
    private static EvidenceJournal Journal(IEvidenceSink sink, EvidenceOptions options, ChainIdentity process, TimeProvider time, EngineLog log) =>
        new(new JournalSink(sink, NewIdentity(process.App, options, process.StartedAt), time), time, log);

    private static ChainIdentity NewIdentity(string app, EvidenceOptions? evidence, DateTimeOffset startedAt) => new(
        app,
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(InstanceIdBytes)),
        typeof(CredentialRegistry).Assembly.GetName().Version!.ToString(3),
        startedAt)
    {
        Place = evidence?.Place,
        Resource = evidence?.DetectResource() ?? [],
    };
}
