using System.Globalization;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AwsSecretsManager.Tests;

/// <summary>What the conformance suite needs to know of Secrets Manager. It can neither disable nor delete a single version, and it has no push signal.</summary>
internal sealed class SuiteFixture : IBackendFixture, IAsyncDisposable
{
    private readonly BackendFixture _aws;
    private string _lastValue = string.Empty;
    private int _keys;

    private SuiteFixture(BackendFixture aws) => _aws = aws;

    public ICredentialBackend Backend => _aws.Backend;

    public long? StoreCalls => _aws.Server.Calls.Count;

    public long? ValuesFetched => _aws.Server.Calls.Sum(call => call.Response is { } response ? response.Split("\"SecretString\":").Length + response.Split("\"SecretBinary\":").Length - 2 : 0);

    // The SDK's own retries would only make each failing rule slower.
    public static async Task<SuiteFixture> StartAsync() => new(await BackendFixture.StartAsync(config => config.MaxErrorRetry = 0));

    public string NewKey() => string.Create(CultureInfo.InvariantCulture, $"suite/key-{Interlocked.Increment(ref _keys)}");

    public ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        _lastValue = value;
        Put(key, new { Name = key, SecretString = value }, new { SecretId = key, SecretString = value });
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        var binary = Convert.ToBase64String(value.Span);
        Put(key, new { Name = key, SecretBinary = binary }, new { SecretId = key, SecretBinary = binary });
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryRevokeAsync(string key, string versionId, CancellationToken ct)
    {
        _aws.Server.Do("TagResource", new { SecretId = key, Tags = new[] { new { Key = "revoked", Value = versionId } } });
        return ValueTask.FromResult(true);
    }

    public IDisposable? TryFail(BackendFailure failure) => failure switch
    {
        BackendFailure.Unavailable => Answer(Fault.Error("InternalServiceError", _lastValue, 500)),
        BackendFailure.Throttled => Answer(Fault.Error("ThrottlingException", _lastValue)),
        BackendFailure.AccessDenied => Answer(Fault.Error("AccessDeniedException", _lastValue)),
        BackendFailure.InvalidContent => Answer(Fault.Raw(200, $$"""{"Name":"{{_lastValue}}" "ARN" [""")),
        _ => null,
    };

    public IDisposable? TryBlock() => Answer(Fault.Silence);

    public ValueTask DisposeAsync() => _aws.DisposeAsync();

    private void Put(string key, object create, object put)
    {
        try
        {
            _aws.Server.Do("CreateSecret", create);
        }
        catch (ServiceError)
        {
            _aws.Server.Do("PutSecretValue", put);
        }
    }

    private Mending Answer(Fault fault)
    {
        _aws.Server.Faults = _ => fault;
        return new Mending(_aws.Server);
    }

    private sealed class Mending(SecretsManagerServer server) : IDisposable
    {
        public void Dispose() => server.Faults = _ => null;
    }
}
