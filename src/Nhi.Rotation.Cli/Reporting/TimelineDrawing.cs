using System.Globalization;
using Nhi.Rotation.Cli.Pages;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>
/// The timeline: numbered events at equal distances, because seconds and days stand side by side in it; instances in lanes below, at their place between the events. Each lane is a drawing of its own beside its name, with places
/// in percent: nothing is scaled, so it can be read on a phone.
/// </summary>
internal static class TimelineDrawing
{
    private const int LaneHeight = 26;
    private const int Middle = LaneHeight / 2;
    private const double Margin = 4;
    private const int MaxLanes = 16;

    // No name that a person gave is longer, and the id is at its end.
    private const int MaxName = 100;

    public static Html Of(RotationReport report)
    {
        Moment[] main = [.. report.Timeline.Where(static moment => moment.Instance is null)];
        var lanes = report.Timeline.Where(static moment => moment.Instance is not null).GroupBy(static moment => moment.Instance!).OrderByDescending(static lane => lane.Max(static moment => moment.At)).ToArray();
        var names = report.Instances.DistinctBy(static instance => instance.Instance).ToDictionary(static instance => instance.Instance, static instance => instance.Name, StringComparer.Ordinal);
        var shown = Math.Min(lanes.Length, MaxLanes);
        return
            $"""
            <div class="timeline" role="img" aria-label="Timeline of the rotation; the table below has the same">
            {Lane("new version", Events(main, MomentOf.New), main.Length)}{Lane("old version", Events(main, MomentOf.Old), main.Length)}{Lane("this report", Events(main, MomentOf.Report), main.Length)}{Html.Join(lanes[..shown], lane => Lane(Short(names.GetValueOrDefault(lane.Key) ?? lane.Key), Html.Join(lane, moment => Use(moment, Between(moment.At, main))), main.Length))}
            </div>
            <p class="soft">Events stand at equal distances; the table has their times. ● first use of the new version, ◆ last use of the old one, by instance{(lanes.Length > shown ? string.Create(CultureInfo.InvariantCulture, $"; {lanes.Length - shown} more instances are in the tables") : "")}.</p>
            <table><thead><tr><th>no.</th><th>UTC</th><th>version</th><th>what</th><th>after</th></tr></thead><tbody>
            {Html.Join(Enumerable.Range(0, main.Length), i => Row(main, i))}
            </tbody></table>
            """;
    }

    private static Html Lane(string name, Html marks, int events) =>
        $"<div class=\"lane\"><span>{name}</span><svg height=\"{LaneHeight}\">{Html.Join(Enumerable.Range(0, events), i => Grid(Place(i, events)))}<line class=\"grid\" x1=\"0\" x2=\"100%\" y1=\"{Middle}\" y2=\"{Middle}\"/>{marks}</svg></div>\n";

    private static Html Grid(double x) => $"<line class=\"grid\" stroke-dasharray=\"2 4\" x1=\"{x:0.##}%\" x2=\"{x:0.##}%\" y1=\"0\" y2=\"{LaneHeight}\"/>";

    private static Html Events(Moment[] main, MomentOf of) => Html.Join(Enumerable.Range(0, main.Length).Where(i => main[i].Of == of), i => Event(main[i], i, Place(i, main.Length)));

    private static Html Event(Moment moment, int i, double x) =>
        $"<circle class=\"{Fill(moment.Of)}\" cx=\"{x:0.##}%\" cy=\"{Middle}\" r=\"10\"><title>{moment.What} {Moments.Time(moment.At)}</title></circle><text class=\"number\" x=\"{x:0.##}%\" y=\"{Middle + 4}\">{i + 1}</text>";

    private static Html Use(Moment moment, double x) => moment.Of == MomentOf.New
        ? Html.Of($"<circle class=\"newfill\" cx=\"{x:0.##}%\" cy=\"{Middle}\" r=\"5\"><title>{moment.What} {Moments.Time(moment.At)}</title></circle>")
        : Html.Of($"<svg class=\"mark-at\" x=\"{x:0.##}%\" y=\"{Middle}\"><path class=\"oldfill\" d=\"M0 -6 L6 0 L0 6 L-6 0 Z\"><title>{moment.What} {Moments.Time(moment.At)}</title></path></svg>");

    private static Html Row(Moment[] main, int i) =>
        $"<tr><td class=\"number\">{i + 1}</td><td>{Moments.Time(main[i].At)}</td><td>{main[i].Of switch { MomentOf.New => "new", MomentOf.Old => "old", _ => "" }}</td><td>{main[i].What}</td><td>{(i == 0 ? "" : Moments.Length(main[i].At - main[i - 1].At))}</td></tr>";

    private static string Fill(MomentOf of) => of switch { MomentOf.New => "newfill", MomentOf.Old => "oldfill", _ => "reportfill" };

    private static double Place(int i, int count) => Margin + (count < 2 ? 0 : i * (100 - (2 * Margin)) / (count - 1));

    // Between its neighbours, as far as it is between them in time.
    private static double Between(DateTimeOffset at, Moment[] main)
    {
        var next = Array.FindIndex(main, moment => moment.At >= at);
        if (next <= 0)
        {
            return Place(next < 0 ? main.Length - 1 : 0, main.Length);
        }

        var (from, to) = (main[next - 1].At, main[next].At);
        var part = to == from ? 1 : (at - from) / (to - from);
        return Place(next - 1, main.Length) + (part * (Place(next, main.Length) - Place(next - 1, main.Length)));
    }

    private static string Short(string name) => name.Length <= MaxName ? name : $"{name[..(MaxName / 2)]}…{name[^(MaxName / 2)..]}";
}
