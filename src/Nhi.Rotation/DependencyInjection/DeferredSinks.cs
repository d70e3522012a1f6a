using System.Collections.Concurrent;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>The sinks of an app, so that one which cannot be made stops its start.</summary>
internal sealed class DeferredSinks
{
    private readonly ConcurrentQueue<DeferredSink> _sinks = new();

    public DeferredSink Add(Func<IEvidenceSink> create)
    {
        var sink = new DeferredSink(create);
        _sinks.Enqueue(sink);
        return sink;
    }

    public void Make()
    {
        foreach (var sink in _sinks)
        {
            sink.Make();
        }
    }
}
