using System.Text.Json.Serialization;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>One rotation for an auditor: what the page shows and the signature covers.</summary>
internal sealed record RotationReport
{
    /// <summary>Properties may be added to a format; one that goes or means something else makes another.</summary>
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    /// <summary>When it was made, and judged.</summary>
    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>The user who ran the tool.</summary>
    public required string MadeBy { get; init; }

    public required string Tool { get; init; }

    public required ExitCode Result { get; init; }

    public required int ExitCode { get; init; }

    public required string Conclusion { get; init; }

    /// <summary>Who stands behind a verdict that is no yes, a line each: not many, and then how many more.</summary>
    public IReadOnlyList<string> Affected { get; init; } = [];

    public required string Credential { get; init; }

    public string? Owner { get; init; }

    public string? Purpose { get; init; }

    public required string OldVersion { get; init; }

    public string? NewVersion { get; init; }

    public required bool IsInferred { get; init; }

    public required VerdictKind Verdict { get; init; }

    public DateTimeOffset? Since { get; init; }

    /// <summary>What the answer rests on besides the evidence.</summary>
    public required IReadOnlyList<GivenOption> Options { get; init; }

    /// <summary>Whether a good verdict rests on limits that were overridden or on somebody's word.</summary>
    [JsonIgnore]
    public bool IsOnlyAsGiven => Result == Nhi.Rotation.Cli.ExitCode.Safe && Options.Any(static option => option.IsOverride);

    /// <summary>The verdict in words that say so.</summary>
    [JsonIgnore]
    public string VerdictText => IsOnlyAsGiven ? $"{Verdict}, only as given" : Verdict.ToString();

    public required IReadOnlyList<Proof> Proofs { get; init; }

    public required IReadOnlyList<Moment> Timeline { get; init; }

    public required IReadOnlyList<InstanceRow> Instances { get; init; }

    public required IReadOnlyList<UserRow> Users { get; init; }

    public required IReadOnlyList<string> Hunts { get; init; }

    /// <summary>What keeps the answer from being yes, and what is wrong with the files.</summary>
    public required IReadOnlyList<string> Doubts { get; init; }

    public required IReadOnlyList<Control> Controls { get; init; }

    public required IReadOnlyList<string> Limits { get; init; }
}
