namespace Nhi.Rotation.Evidence;

/// <summary>Evidence that goes to several places, in each as a chain of its own.</summary>
internal sealed class Journals(IReadOnlyList<IJournal> sinks) : IJournal
{
    public string? Problem => sinks.Select(static sink => sink.Problem).FirstOrDefault(static problem => problem is not null);

    /// <summary>One of none, one or several.</summary>
    public static IJournal? Of(IReadOnlyList<IJournal> sinks) => sinks is [var one] ? one : sinks.Count > 1 ? new Journals(sinks) : null;

    public void Write(EvidenceEvent evidence)
    {
        foreach (var sink in sinks)
        {
            sink.Write(evidence);
        }
    }

    public void Flush(DateTimeOffset now)
    {
        foreach (var sink in sinks)
        {
            sink.Flush(now);
        }
    }

    public void WriteNow()
    {
        foreach (var sink in sinks)
        {
            sink.WriteNow();
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var sink in sinks)
        {
            await sink.DisposeAsync().ConfigureAwait(false);
        }
    }

    public void Dispose()
    {
        foreach (var sink in sinks)
        {
            sink.Dispose();
        }
    }
}
