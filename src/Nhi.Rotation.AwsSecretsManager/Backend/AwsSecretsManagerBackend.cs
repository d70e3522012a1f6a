using Amazon.Runtime;
using Microsoft.Extensions.Logging;
using Nhi.Rotation.AwsSecretsManager.Telemetry;

namespace Nhi.Rotation.AwsSecretsManager;

/// <summary>
/// AWS Secrets Manager as a backend. DescribeSecret tells labels and version ids without a value, so an unchanged secret costs that one call;
/// values are read only of versions that are not known yet, together where many are due. Safe for concurrent use.
/// </summary>
internal sealed class AwsSecretsManagerBackend : IBatchCredentialBackend, IBackendRevoker
{
    private readonly Func<string?, ISecretsManagerClient> _clients;
    private readonly ILogger _logger;
    private volatile bool _batchDenied;

    /// <param name="clients">The client for a region, or for the configured one.</param>
    /// <param name="logger">Takes what is worth saying.</param>
    public AwsSecretsManagerBackend(Func<string?, ISecretsManagerClient> clients, ILogger logger)
    {
        _clients = clients;
        _logger = logger;
    }

    /// <summary>What one BatchGetSecretValue takes.</summary>
    public int MaxBatchSize => 20;

    public async ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        var reading = SecretReading.Open(request, _clients, _logger);
        await reading.DescribeAsync(reading.AskDescription(ct), ct).ConfigureAwait(false);
        return await reading.ListAsync(batched: null, ct).ConfigureAwait(false);
    }

    public async ValueTask<IReadOnlyList<BackendResult>> ListManyAsync(IReadOnlyList<BackendRequest> requests, CancellationToken ct)
    {
        var readings = new SecretReading?[requests.Count];
        var results = new BackendResult[requests.Count];
        var asked = new Dictionary<(ISecretsManagerClient, string), Task<SecretDescription>>();
        await ForEachAsync(results, async i =>
        {
            var reading = SecretReading.Open(requests[i], _clients, _logger);
            if (!asked.TryGetValue(reading.Identity, out var description))
            {
                asked.Add(reading.Identity, description = reading.AskDescription(ct));
            }

            await reading.DescribeAsync(description, ct).ConfigureAwait(false);
            readings[i] = reading;
            return null;
        }).ConfigureAwait(false);

        var batched = await ReadCurrentAsync(readings, ct).ConfigureAwait(false);
        await ForEachAsync(results, async i =>
            readings[i] is { } reading ? await reading.ListAsync(batched.GetValueOrDefault(reading.Arn), ct).ConfigureAwait(false) : null).ConfigureAwait(false);
        return results;
    }

    /// <summary>Takes all labels from a version, on somebody's explicit call: others read it too. AWSCURRENT stays, and is an error.</summary>
    public async ValueTask RevokeAsync(BackendRevocation revocation, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        await new LabelRemoval(OpenSecret.Open(revocation.CredentialName, revocation.Key, _clients), revocation.VersionId).RunAsync(ct).ConfigureAwait(false);
    }

    // The steps start in order on the caller's thread; an error ends only its own.
    private static async Task ForEachAsync(BackendResult[] results, Func<int, Task<BackendListing?>> step)
    {
        var steps = new Task[results.Length];
        for (var i = 0; i < results.Length; i++)
        {
            steps[i] = RunAsync(i);
        }

        await Task.WhenAll(steps).ConfigureAwait(false);

        async Task RunAsync(int i)
        {
            try
            {
                if (await step(i).ConfigureAwait(false) is { } listing)
                {
                    results[i] = new BackendResult(listing);
                }
            }
            catch (BackendException error)
            {
                results[i] = new BackendResult(error);
            }
        }
    }

    /// <summary>The current values that two or more readings lack, by ARN: one call a region. What it does not bring is read one by one.</summary>
    private async Task<Dictionary<string, SecretVersionValue>> ReadCurrentAsync(SecretReading?[] readings, CancellationToken ct)
    {
        var values = new Dictionary<string, SecretVersionValue>(StringComparer.Ordinal);
        if (_batchDenied)
        {
            return values;
        }

        foreach (var region in readings.OfType<SecretReading>().Where(reading => reading.LacksCurrent).GroupBy(reading => reading.Client))
        {
            if (region.Count() > 1)
            {
                await ReadBatchAsync(region.Key, region.First().Where, region, values, ct).ConfigureAwait(false);
            }
        }

        return values;
    }

    private async Task ReadBatchAsync(
        ISecretsManagerClient client, string where, IEnumerable<SecretReading> readings, Dictionary<string, SecretVersionValue> values, CancellationToken ct)
    {
        try
        {
            string[] arns = [.. readings.Select(reading => reading.Arn).Distinct(StringComparer.Ordinal)];
            foreach (var entry in await client.BatchGetSecretValueAsync(arns, ct).ConfigureAwait(false) ?? [])
            {
                values.TryAdd(entry.Arn, entry);
            }
        }
        catch (AmazonServiceException error) when (AnswerErrors.IsDenied(error))
        {
            if (!_batchDenied)
            {
                _batchDenied = true;
                Log.BatchDenied(_logger, where);
            }
        }
#pragma warning disable CA1031 // The batch only saves calls: each value is now read by itself, and reports its own error.
        catch (Exception) when (!ct.IsCancellationRequested)
#pragma warning restore CA1031
        {
        }
    }
}
