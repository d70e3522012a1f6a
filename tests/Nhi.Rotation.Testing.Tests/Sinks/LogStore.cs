using System.Net;

namespace Nhi.Rotation.Testing.Tests.Sinks;

/// <summary>A store that takes JSON Lines by HTTP, and a sink for it that may be broken.</summary>
internal sealed class LogStore(Func<LogStore, HttpClient, IEvidenceSink> make) : HttpMessageHandler, IEvidenceSinkFixture
{
    /// <summary>How many write now, for a sink that minds.</summary>
    public int Writers;

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private bool _isFailing;
    private TaskCompletionSource? _blocked;

    public TimeSpan Patience => TimeSpan.FromMilliseconds(500);

    public IEvidenceSink New() => make(this, new HttpClient(this, disposeHandler: false));

    public ValueTask<IReadOnlyList<string>> ReadAsync(CancellationToken ct)
    {
        lock (_gate)
        {
            return ValueTask.FromResult<IReadOnlyList<string>>([.. _lines]);
        }
    }

    /// <summary>What the store has, to be spoilt.</summary>
    public T With<T>(Func<List<string>, T> use)
    {
        lock (_gate)
        {
            return use(_lines);
        }
    }

    public IDisposable TryFail()
    {
        _isFailing = true;
        return new End(() => _isFailing = false);
    }

    public IDisposable TryBlock()
    {
        var blocked = _blocked = new TaskCompletionSource();
        return new End(() =>
        {
            _blocked = null;
            blocked.SetResult();
        });
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (_blocked is { } blocked)
        {
            await blocked.Task.WaitAsync(cancellationToken);
        }

        if (_isFailing)
        {
            return new HttpResponseMessage(HttpStatusCode.ServiceUnavailable);
        }

        var lines = (await request.Content!.ReadAsStringAsync(cancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lock (_gate)
        {
            _lines.AddRange(lines);
        }

        return new HttpResponseMessage(HttpStatusCode.NoContent);
    }

    private sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
