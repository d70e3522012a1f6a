namespace Nhi.Rotation.Evidence.Fleet;

/// <summary>One old version over all instances: the worst of their verdicts.</summary>
public sealed class FleetRotation
{
    internal FleetRotation()
    {
    }

    /// <summary>The credential, by its name of today.</summary>
    public required string CredentialName { get; init; }

    /// <summary>Who answers for it.</summary>
    public string? Owner { get; init; }

    /// <summary>What it is for.</summary>
    public string? Purpose { get; init; }

    /// <summary>The old version.</summary>
    public required string From { get; init; }

    /// <summary>What took its place, if that is known.</summary>
    public string? To { get; init; }

    /// <summary>Whether no process lived through the change, so that it is inferred from runs that follow each other.</summary>
    public bool IsInferred { get; init; }

    /// <summary>Searches for copies of its value since it was replaced that found none, a sentence each. What they did not look into may have one.</summary>
    public IReadOnlyList<string> Hunts { get; init; } = [];

    /// <summary>The worst first.</summary>
    public required IReadOnlyList<InstanceVerdict> Instances { get; init; }

    /// <summary>The verdict.</summary>
    public VerdictKind Kind => Instances[0].Verdict.Kind;

    /// <summary>Since when it holds for all instances whose verdict it is.</summary>
    public DateTimeOffset? Since => Instances.Where(instance => instance.Verdict.Kind == Kind).Max(instance => instance.Verdict.Since);

    /// <summary>How bad a verdict is.</summary>
    internal static int Rank(VerdictKind kind) => kind switch
    {
        VerdictKind.Violated => 4,
        VerdictKind.StillUsed => 3,
        VerdictKind.InOverlap => 2,
        VerdictKind.SafeToRevoke => 1,
        _ => 0,
    };
}
