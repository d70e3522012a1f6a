using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Output;

/// <summary>When, by what and with which options the report was made.</summary>
internal sealed record JsonQuestion(
    DateTimeOffset At, string Tool, TimeSpan MaxAge, TimeSpan? QuietPeriod, IReadOnlyCollection<string> Gone, IReadOnlyCollection<string>? Alive, TimeSpan? GoneAfter, IReadOnlyDictionary<string, int> Expected, JsonDeclared? Declared)
{
    public static JsonQuestion Of(FleetQuestion question) => new(
        question.Now,
        ToolVersion.Text,
        question.MaxAge,
        question.QuietPeriod,
        question.Gone,
        question.Alive,
        question.GoneAfter,
        question.Expected,
        JsonDeclared.Of(question.Declared));
}
