using System.Globalization;
using System.Text.Json.Nodes;
using Nhi.Rotation.AwsParameterStore.Tests.Server;
using Nhi.Rotation.AwsSecretsManager.Tests.Server;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.AwsParameterStore.Tests;

/// <summary>What the conformance suite needs to know of Parameter Store. It has no bytes, can neither disable nor delete a single version, and has no push signal of its own.</summary>
internal sealed class SuiteFixture : IBackendFixture, IAsyncDisposable
{
    public static readonly string[] NotApplicable = ["NHI-B10", "NHI-B13", "NHI-B14", "NHI-B15", "NHI-B24", "NHI-B25", "NHI-B26"];

    private readonly BackendFixture _aws;
    private string _lastValue = string.Empty;
    private int _keys;

    private SuiteFixture(BackendFixture aws) => _aws = aws;

    public ICredentialBackend Backend => _aws.Backend;

    public long? StoreCalls => _aws.Server.Calls.Count;

    public long? ValuesFetched => _aws.Server.Calls.Where(call => call.Operation == "GetParameters" && call.Response is not null).Sum(call => JsonNode.Parse(call.Response!)!["Parameters"]!.AsArray().Count);

    public static async Task<SuiteFixture> StartAsync() => new(await BackendFixture.StartAsync());

    public string NewKey() => string.Create(CultureInfo.InvariantCulture, $"/suite/key-{Interlocked.Increment(ref _keys)}");

    public ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        _lastValue = value;
        _aws.Server.Put(key, value);
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryRevokeAsync(string key, string versionId, CancellationToken ct)
    {
        var number = versionId.Split('-')[0];
        _aws.Server.Label(key, int.Parse(number, CultureInfo.InvariantCulture), "revoked-" + number);
        return ValueTask.FromResult(true);
    }

    public IDisposable? TryFail(BackendFailure failure) => failure switch
    {
        BackendFailure.Unavailable => Answer(Fault.Error("InternalServerError", _lastValue, 500)),
        BackendFailure.Throttled => Answer(Fault.Error("ThrottlingException", _lastValue)),
        BackendFailure.AccessDenied => Answer(Fault.Error("AccessDeniedException", _lastValue)),
        BackendFailure.InvalidContent => Answer(Fault.Raw(200, $$"""{"Parameters":"{{_lastValue}}" "X" [""")),
        _ => null,
    };

    public IDisposable? TryBlock() => Answer(Fault.Silence);

    public ValueTask DisposeAsync() => _aws.DisposeAsync();

    private Mending Answer(Fault fault)
    {
        _aws.Server.Faults = _ => fault;
        return new Mending(_aws.Server);
    }

    private sealed class Mending(ParameterStoreServer server) : IDisposable
    {
        public void Dispose() => server.Faults = _ => null;
    }
}
