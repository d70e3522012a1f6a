using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Nhi.Rotation.GoogleSecretManager.Tests.Server;
using Nhi.Rotation.Testing;

namespace Nhi.Rotation.GoogleSecretManager.Tests;

/// <summary>What the conformance suite needs to know of Secret Manager. It has no push signal of its own, no revision and no batches.</summary>
internal sealed class SuiteFixture : IBackendFixture, IAsyncDisposable
{
    public static readonly string[] NotApplicable = ["NHI-B15", "NHI-B24", "NHI-B25", "NHI-B26", "NHI-B27", "NHI-B28", "NHI-B29"];

    private readonly BackendFixture _google;
    private string _lastValue = string.Empty;
    private int _keys;

    private SuiteFixture(BackendFixture google) => _google = google;

    public ICredentialBackend Backend => _google.Backend;

    public long? StoreCalls => _google.Server.Calls.Count;

    public long? ValuesFetched => _google.Server.Calls.Count(call => call.EndsWith(":access", StringComparison.Ordinal));

    public static async Task<SuiteFixture> StartAsync() => new(await BackendFixture.StartAsync());

    public string NewKey() => string.Create(CultureInfo.InvariantCulture, $"projects/suite/secrets/key-{Interlocked.Increment(ref _keys)}");

    public ValueTask PutAsync(string key, string value, CancellationToken ct)
    {
        _lastValue = value;
        _google.Server.Add(key, Encoding.UTF8.GetBytes(value));
        return ValueTask.CompletedTask;
    }

    public ValueTask<bool> TryPutBinaryAsync(string key, ReadOnlyMemory<byte> value, CancellationToken ct)
    {
        _google.Server.Add(key, value.ToArray());
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryDisableAsync(string key, string versionId, CancellationToken ct)
    {
        _google.Server[key].Find(Number(versionId))!.State = "DISABLED";
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryRemoveAsync(string key, string versionId, CancellationToken ct)
    {
        _google.Server[key].Find(Number(versionId))!.State = "DESTROYED";
        return ValueTask.FromResult(true);
    }

    public ValueTask<bool> TryRevokeAsync(string key, string versionId, CancellationToken ct)
    {
        _google.Server.Annotate(key, "revoked", Number(versionId));
        return ValueTask.FromResult(true);
    }

    public IDisposable? TryFail(BackendFailure failure) => failure switch
    {
        BackendFailure.Unavailable => Answer(SecretManagerServer.Fail(500, _lastValue)),
        BackendFailure.Throttled => Answer(SecretManagerServer.Fail(429, _lastValue)),
        BackendFailure.AccessDenied => Answer(SecretManagerServer.Fail(403, _lastValue)),
        BackendFailure.InvalidContent => Answer(SecretManagerServer.Answer(200, $$"""{"name":"{{_lastValue}}" "x" [""")),
        _ => null,
    };

    public IDisposable? TryBlock() => Answer(static async context =>
    {
        var aborted = new TaskCompletionSource();
        await using var registration = context.RequestAborted.Register(aborted.SetResult);
        await aborted.Task;
    });

    public ValueTask DisposeAsync() => _google.DisposeAsync();

    private static string Number(string versionId) => versionId.Split('-')[0];

    private Mending Answer(Func<HttpContext, Task> fault)
    {
        _google.Server.Faults = _ => fault;
        return new Mending(_google.Server);
    }

    private sealed class Mending(SecretManagerServer server) : IDisposable
    {
        public void Dispose() => server.Faults = _ => null;
    }
}
