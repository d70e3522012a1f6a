using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Nhi.Rotation;

namespace CustomBackend.Suite;

/// <summary>Stands between the backend and Vault, counts the calls, and answers in Vault's place when told to. So failures work against any Vault.</summary>
public sealed class FaultyTransport() : DelegatingHandler(VaultClient.NewTransport())
{
    private long _calls;
    private long _values;
    private volatile Func<HttpResponseMessage>? _fault;
    private volatile TaskCompletionSource? _hold;

    public long Calls => Interlocked.Read(ref _calls);

    public long Values => Interlocked.Read(ref _values);

    public IDisposable? TryFail(BackendFailure failure, string lastValue)
    {
        _fault = failure switch
        {
            BackendFailure.Unavailable => () => Answer(HttpStatusCode.ServiceUnavailable, """{"errors":["Vault is sealed"]}"""),
            BackendFailure.Throttled => () => Answer(HttpStatusCode.TooManyRequests, """{"errors":["request path \"secret/data\": rate limit quota exceeded"]}"""),
            BackendFailure.AccessDenied => () => Answer(HttpStatusCode.Forbidden, """{"errors":["1 error occurred:\n\t* permission denied\n\n"]}"""),
            BackendFailure.InvalidContent => () => Answer(HttpStatusCode.OK, $$$"""{"data":{"versions":{"{{{lastValue}}}":"{{{lastValue}}}"""),
            BackendFailure.Misconfigured => () => Answer(HttpStatusCode.BadRequest, """{"errors":["unsupported operation"]}"""),
            _ => null,
        };
        return _fault is null ? null : new End(() => _fault = null);
    }

    public IDisposable Hold()
    {
        var hold = _hold = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        return new End(() =>
        {
            _hold = null;
            hold.TrySetResult();
        });
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _calls);
        if (request.RequestUri!.AbsolutePath.Contains("/data/", StringComparison.Ordinal))
        {
            Interlocked.Increment(ref _values);
        }

        if (_hold is { } hold)
        {
            await hold.Task.WaitAsync(cancellationToken);
        }

        return _fault?.Invoke() ?? await base.SendAsync(request, cancellationToken);
    }

    private static HttpResponseMessage Answer(HttpStatusCode status, string body) =>
        new(status) { Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json")) };

    private sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
