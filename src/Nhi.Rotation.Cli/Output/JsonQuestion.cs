using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Output;

/// <summary>When, by what and with which options the report was made.</summary>
internal sealed record JsonQuestion(
    DateTimeOffset At, string Tool, string? Credential, string? OldVersion, TimeSpan MaxAge, TimeSpan? QuietPeriod, IReadOnlyCollection<string> Gone, IReadOnlyCollection<string>? Alive, TimeSpan? GoneAfter, IReadOnlyDictionary<string, int> Expected, JsonDeclared? Declared)
{
    /// <summary>Options that take the place of a limit or of evidence: without them the answer may be another one.</summary>
    public required IReadOnlyList<string> Overridden { get; init; }

    public static JsonQuestion Of(FleetQuestion question) => new(
        question.Now,
        ToolVersion.Text,
        question.CredentialName,
        question.OldVersion,
        question.MaxAge,
        question.QuietPeriod,
        question.Gone,
        question.Alive,
        question.GoneAfter,
        question.Expected,
        JsonDeclared.Of(question.Declared))
    {
        Overridden = [.. GivenOption.Of(question).Where(static option => option.IsOverride).Select(static option => $"{option.Name} {option.Value}")],
    };
}
