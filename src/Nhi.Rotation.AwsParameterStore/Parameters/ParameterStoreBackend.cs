using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>
/// AWS Parameter Store as a backend. The history tells versions, labels and dates without decryption, so an unchanged SecureString costs that one call; values are
/// decrypted only of versions that are not known yet, ten a call. Safe for concurrent use.
/// </summary>
/// <param name="clients">The client for a region, or for the configured one.</param>
/// <param name="names">What the labels are called.</param>
/// <param name="logger">Takes what is worth saying.</param>
internal sealed class ParameterStoreBackend(Func<string?, IAmazonSimpleSystemsManagement> clients, LabelNames names, ILogger logger) : IBatchCredentialBackend, IBackendRevoker
{
    /// <summary>What one GetParameters takes.</summary>
    public int MaxBatchSize => ValueReader.MaxNames;

    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var results = await ListManyAsync([request], ct).ConfigureAwait(false);
        return results[0].Listing ?? throw results[0].Error!;
    }

    public async ValueTask<IReadOnlyList<BackendResult>> ListManyAsync(IReadOnlyList<BackendRequest> requests, CancellationToken ct)
    {
        var readings = new ParameterReading?[requests.Count];
        var results = new BackendResult[requests.Count];
        await ReadHistoriesAsync(requests, readings, results, ct).ConfigureAwait(false);
        await ValueReader.ReadAsync([.. readings.OfType<ParameterReading>()], ct).ConfigureAwait(false);
        for (var i = 0; i < readings.Length; i++)
        {
            if (readings[i] is { } reading)
            {
                results[i] = Listed(reading);
            }
        }

        return results;
    }

    /// <summary>Gives the version a label that says that it is revoked, on somebody's explicit call: others read it too. The service has no way to disable a version.</summary>
    public async ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var reading = ParameterReading.Open(new BackendRequest(revocation.CredentialName, revocation.Key), clients);
        await new RevokingLabel(reading, names).SetAsync(revocation.VersionId, ct).ConfigureAwait(false);
    }

    // One after the other: the service allows few of these calls a second. Once it asks for fewer, the rest is not even asked.
    private async Task ReadHistoriesAsync(IReadOnlyList<BackendRequest> requests, ParameterReading?[] readings, BackendResult[] results, CancellationToken ct)
    {
        var asked = new Dictionary<(IAmazonSimpleSystemsManagement, string), List<ParameterHistory>>();
        var throttled = new Dictionary<IAmazonSimpleSystemsManagement, Exception>();
        for (var i = 0; i < requests.Count; i++)
        {
            try
            {
                var reading = ParameterReading.Open(requests[i], clients);
                if (throttled.TryGetValue(reading.Client, out var answer))
                {
                    throw reading.Call.Map(answer, ParameterCall.HistoryAction);
                }

                if (!asked.TryGetValue(reading.Identity, out var history))
                {
                    asked.Add(reading.Identity, history = await AskAsync(reading, throttled, ct).ConfigureAwait(false));
                }

                reading.Take(history, names);
                readings[i] = reading;
            }
            catch (BackendException error)
            {
                results[i] = new BackendResult(error);
            }
        }
    }

    private static async Task<List<ParameterHistory>> AskAsync(ParameterReading reading, Dictionary<IAmazonSimpleSystemsManagement, Exception> throttled, CancellationToken ct)
    {
        try
        {
            return await reading.AskHistoryAsync(ct).ConfigureAwait(false);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            if (error is AmazonServiceException answer && AwsSecretsManager.AnswerErrors.IsThrottled(answer))
            {
                throttled.Add(reading.Client, error);
            }

            throw reading.Call.Map(error, ParameterCall.HistoryAction);
        }
    }

    private BackendResult Listed(ParameterReading reading)
    {
        try
        {
            return new BackendResult(reading.List(logger));
        }
        catch (BackendException error)
        {
            return new BackendResult(error);
        }
    }
}
