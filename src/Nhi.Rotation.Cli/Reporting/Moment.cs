namespace Nhi.Rotation.Cli.Reporting;

/// <summary>Something that happened.</summary>
/// <param name="At">When, by the clock of whoever saw it.</param>
/// <param name="What">What.</param>
/// <param name="Of">Of the old version, the new one, or neither.</param>
/// <param name="Instance">Who saw it, if it is about one instance.</param>
internal sealed record Moment(DateTimeOffset At, string What, MomentOf Of, string? Instance = null);
