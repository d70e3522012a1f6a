using Nhi.Rotation.Time;

namespace Nhi.Rotation.Lifecycle;

/// <summary>What the other side and probes made of one version. Of most there is nothing to say, and a process may hold very many.</summary>
internal sealed record Trials
{
    private readonly PackedTime _pausedUntil;

    public static Trials None { get; } = new();

    public TimeSpan? PausedUntil
    {
        get => _pausedUntil.Span;
        init => _pausedUntil = PackedTime.Of(value);
    }

    public int Pauses { get; init; }

    public ProbeVerdict? Probe { get; init; }

    public TimeSpan ProbeDueAt { get; init; }

    public int ProbeAttempts { get; init; }

    /// <summary>The same; if there is nothing to say, the one object that says so.</summary>
    public static Trials Of(Trials trials) => trials == None ? None : trials;
}
