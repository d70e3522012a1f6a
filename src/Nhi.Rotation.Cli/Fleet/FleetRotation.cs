namespace Nhi.Rotation.Cli.Fleet;

/// <summary>One old version over all instances: the worst of their verdicts.</summary>
internal sealed record FleetRotation
{
    public required string CredentialName { get; init; }

    public string? Owner { get; init; }

    public string? Purpose { get; init; }

    public required string From { get; init; }

    public string? To { get; init; }

    /// <summary>Whether no process lived through the change, so that it is inferred from runs that follow each other.</summary>
    public bool IsInferred { get; init; }

    /// <summary>The worst first.</summary>
    public required IReadOnlyList<InstanceVerdict> Instances { get; init; }

    public VerdictKind Kind => Instances[0].Verdict.Kind;

    /// <summary>Since when it holds for all instances whose verdict it is.</summary>
    public DateTimeOffset? Since => Instances.Where(instance => instance.Verdict.Kind == Kind).Max(instance => instance.Verdict.Since);

    /// <summary>How bad a verdict is.</summary>
    public static int Rank(VerdictKind kind) => kind switch
    {
        VerdictKind.Violated => 4,
        VerdictKind.StillUsed => 3,
        VerdictKind.InOverlap => 2,
        VerdictKind.SafeToRevoke => 1,
        _ => 0,
    };
}
