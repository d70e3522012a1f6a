namespace Nhi.Rotation.Evidence.Tests.Sinks;

/// <summary>A store in memory that fails as told.</summary>
internal sealed class MemorySink : IEvidenceSink
{
    public Action<IReadOnlyList<EvidenceLine>> Before { get; set; } = static _ => { };

    public Action After { get; set; } = static () => { };

    public TaskCompletionSource? Hang { get; set; }

    public List<EvidenceLine> Stored { get; } = [];

    public int Calls { get; private set; }

    public int Largest { get; private set; }

    public string Name => "store";

    public async ValueTask AppendAsync(IReadOnlyList<EvidenceLine> lines, CancellationToken ct)
    {
        Calls++;
        Largest = Math.Max(Largest, lines.Count);
        Before(lines);
        if (Hang is { } hang)
        {
            await hang.Task;
        }

        Stored.AddRange(lines);
        After();
    }
}
