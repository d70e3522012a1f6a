using System.Globalization;
using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli.Output;

/// <summary>Something that an answer rests on besides the evidence.</summary>
/// <param name="Name">The option.</param>
/// <param name="Value">What it says.</param>
/// <param name="IsOverride">Whether it takes the place of a limit, or of evidence, by somebody's word: without it the answer may be another one.</param>
internal sealed record GivenOption(string Name, string Value, bool IsOverride)
{
    /// <summary>All that was given.</summary>
    public static IReadOnlyList<GivenOption> Of(FleetQuestion question) =>
    [
        .. question.CredentialName is { } credential ? [new("--credential", credential, IsOverride: false)] : Array.Empty<GivenOption>(),
        .. question.OldVersion is { } version ? [new("--old-version", version, IsOverride: false)] : Array.Empty<GivenOption>(),
        .. question.QuietPeriod is { } quiet ? [new("--quiet-period", quiet.ToString(), IsOverride: true)] : Array.Empty<GivenOption>(),
        .. question.MaxAge != FleetQuestion.DefaultMaxAge ? [new("--max-age", question.MaxAge.ToString(), IsOverride: true)] : Array.Empty<GivenOption>(),
        .. question.Gone.Order(StringComparer.Ordinal).Select(static id => new GivenOption("--gone", id, IsOverride: true)),
        .. question.Alive is { } alive ? [new("--alive", string.Create(CultureInfo.InvariantCulture, $"a list of {alive.Count} that run"), IsOverride: false)] : Array.Empty<GivenOption>(),
        .. question.GoneAfter is { } silence ? [new("--gone-after", silence.ToString(), IsOverride: true)] : Array.Empty<GivenOption>(),
        .. question.Expected.OrderBy(static app => app.Key, StringComparer.Ordinal).Select(static app => new GivenOption("--expect", string.Create(CultureInfo.InvariantCulture, $"{app.Key}={app.Value}"), IsOverride: false)),
        .. question.Declared.RetiredConsumers.Select(static consumer => new GivenOption("--retired-consumer", consumer, IsOverride: true)),
        .. question.Declared.Renamed.Select(static name => new GivenOption("--renamed", $"{name.Key}={name.Value}", IsOverride: true)),
        .. question.Declared.AcceptedLosses.Select(static id => new GivenOption("--accept-loss", id, IsOverride: true)),
        .. question.Declared.Because is { } because ? [new("--because", because, IsOverride: false)] : Array.Empty<GivenOption>(),
    ];
}
