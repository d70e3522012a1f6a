using Nhi.Rotation.Cli.Tests.Support;

namespace Nhi.Rotation.Evidence.Tests.Support;

/// <summary>Evidence that the real engine writes.</summary>
internal static class EngineEvidence
{
    public static Engine Engine(this EvidenceDirectory evidence, ScriptedBackend backend, long maxFileBytes = 1 << 20) =>
        new(new EvidenceFileOptions { Directory = evidence.Path, MaxFileBytes = maxFileBytes }, EngineCredential.Of(backend));

    /// <summary>A closed chain of one file: a credential, a use, a rotation and another use.</summary>
    public static async Task WriteRotationAsync(this EvidenceDirectory evidence)
    {
        var backend = new ScriptedBackend().Put("v1", EvidenceDirectory.Canary + "-one");
        await using var engine = evidence.Engine(backend);
        var provider = engine["stripe"];
        var first = await provider.GetCurrentAsync(TestContext.Current.CancellationToken);
        first.Reveal();
        await engine.SettleAsync();
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));
        backend.Put("v2", EvidenceDirectory.Canary + "-two");
        await provider.RefreshAsync(RefreshReason.Requested, TestContext.Current.CancellationToken);
        provider.Current.Reveal();
        provider.Report(provider.Current, CredentialOutcome.Accepted);
        await engine.AdvanceAsync(TimeSpan.FromSeconds(2));

        // A collection on the way would show that nobody keeps it, and there would be less to tell.
        GC.KeepAlive(first);
    }
}
