namespace Nhi.Rotation.Cli.Waiting;

/// <summary>One series of an answer.</summary>
/// <param name="Labels">Its labels.</param>
/// <param name="At">When it was evaluated, in seconds of Unix time by Prometheus' own clock, as Prometheus wrote it.</param>
/// <param name="Value">Its value.</param>
internal sealed record PrometheusSeries(IReadOnlyDictionary<string, string> Labels, string At, double Value)
{
    /// <summary>A label, or nothing.</summary>
    public string Label(string name) => Labels.GetValueOrDefault(name) ?? string.Empty;

    /// <summary>A label, or that there is none.</summary>
    public string Known(string name) => Label(name) is { Length: > 0 } value ? value : $"(no {name})";
}
