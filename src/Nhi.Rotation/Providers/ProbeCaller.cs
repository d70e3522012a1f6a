using Nhi.Rotation.Telemetry;
using Nhi.Rotation.Versions;
using Polly;
using Polly.Timeout;

namespace Nhi.Rotation.Providers;

/// <summary>Calls a credential's probe within its time limit; whatever goes wrong is inconclusive.</summary>
internal static class ProbeCaller
{
    /// <summary>Asks about one version.</summary>
    public static async ValueTask<ProbeResult> AskAsync(CoreSettings settings, EngineParts engine, VersionShelf shelf, string versionId, bool isRetired, CancellationToken ct)
    {
        var purpose = isRetired ? TelemetryNames.AfterRetirement : TelemetryNames.BeforePromotion;
        using var activity = CredentialActivities.StartProbe(settings.Name, versionId, purpose);
        var result = settings.Probe is { } probe && shelf.Lend(versionId, settings.Rules.DefaultConsumer) is var (credential, loan)
            ? await CallAsync(probe, credential, loan, settings.Rules.ProbeTimeout, engine.Clock.Time, ct).ConfigureAwait(false)
            : new ProbeResult(ProbeVerdict.Inconclusive, "the version is gone");
        activity.SetVerdict(result.Verdict);
        engine.Metrics.Probed(settings.Name, purpose, result.Verdict);
        return result;
    }

    private static async ValueTask<ProbeResult> CallAsync(ICredentialProbe probe, Credential credential, LentTracker loan, TimeSpan timeout, TimeProvider time, CancellationToken ct)
    {
        var pipeline = new ResiliencePipelineBuilder { TimeProvider = time }.AddTimeout(new TimeoutStrategyOptions { Timeout = timeout }).Build();
        try
        {
            return await pipeline.ExecuteAsync(token => probe.ProbeAsync(credential, token), ct).ConfigureAwait(false);
        }
        catch (TimeoutRejectedException)
        {
            return new ProbeResult(ProbeVerdict.Inconclusive, $"no answer within {timeout.TotalSeconds:0.#} s");
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // A custom probe may throw anything; its message may carry the value, so only the type is told.
        catch (Exception error)
#pragma warning restore CA1031
        {
            return new ProbeResult(ProbeVerdict.Inconclusive, error.GetType().FullName);
        }
        finally
        {
            loan.End();
        }
    }
}
