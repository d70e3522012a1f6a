using System.Globalization;
using Amazon.Runtime;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Nhi.Rotation.AwsSecretsManager;

namespace Nhi.Rotation.AwsParameterStore.Parameters;

/// <summary>Decrypts the versions that readings lack, ten a call.</summary>
internal static class ValueReader
{
    /// <summary>What one GetParameters takes.</summary>
    public const int MaxNames = 10;

    public static async Task ReadAsync(IReadOnlyList<ParameterReading> readings, CancellationToken ct)
    {
        var wanted = from reading in readings
                     from version in reading.Wanted
                     group reading by (reading.Client, reading.Call.Address.Name, Version: version);
        foreach (var client in wanted.GroupBy(one => one.Key.Client))
        {
            foreach (var chunk in client.Select(one => new Wanted(one.Key.Name, one.Key.Version, [.. one])).Chunk(MaxNames))
            {
                await ReadAsync(client.Key, chunk, ct).ConfigureAwait(false);
            }
        }
    }

    private static async Task ReadAsync(IAmazonSimpleSystemsManagement client, Wanted[] chunk, CancellationToken ct)
    {
        try
        {
            var request = new GetParametersRequest { Names = [.. chunk.Select(one => one.Selector)], WithDecryption = true };
            var response = await client.GetParametersAsync(request, ct).ConfigureAwait(false);
            foreach (var parameter in response.Parameters ?? [])
            {
                // Asked by ARN, it answers with both; what is not answered is gone.
                Array.Find(chunk, one => one.Version == parameter.Version && (one.Name == parameter.Name || one.Name == parameter.ARN))?.Got(parameter.Value);
            }
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            // One key that may not be used fails the whole call; by themselves the others can be read. A service that asks for fewer calls gets no more of them.
            if (chunk.Length > 1 && error is AmazonServiceException answer && !AnswerErrors.IsThrottled(answer))
            {
                foreach (var one in chunk)
                {
                    await ReadAsync(client, [one], ct).ConfigureAwait(false);
                }

                return;
            }

            Array.ForEach(chunk, one => one.Failed(error));
        }
    }

    private sealed record Wanted(string Name, long Version, IReadOnlyList<ParameterReading> Readings)
    {
        public string Selector => string.Create(CultureInfo.InvariantCulture, $"{Name}:{Version}");

        public void Got(string? value)
        {
            foreach (var reading in Readings)
            {
                reading.Got(Version, value);
            }
        }

        public void Failed(Exception error)
        {
            foreach (var reading in Readings)
            {
                reading.Failed(Version, reading.Call.Map(error, ParameterCall.ValueAction));
            }
        }
    }
}
