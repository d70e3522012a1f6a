namespace Nhi.Rotation.DependencyInjection;

/// <summary>A sink that is made when the app starts, or when it is first needed: it may stand on a credential of the app, whose evidence is made before it.</summary>
internal sealed class DeferredSink(Func<IEvidenceSink> create) : IEvidenceSink
{
    private readonly Lazy<IEvidenceSink> _sink = new(create);

    public string Name => _sink.IsValueCreated ? _sink.Value.Name : "evidence sink that was not needed yet";

    /// <summary>Makes it now. Whatever the application's own code throws is thrown.</summary>
    public void Make() => _ = _sink.Value;

    public ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct) => _sink.Value.AppendAsync(lines, ct);
}
