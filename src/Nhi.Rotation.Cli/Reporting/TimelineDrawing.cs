using System.Globalization;
using Nhi.Rotation.Cli.Pages;

namespace Nhi.Rotation.Cli.Reporting;

/// <summary>The timeline as SVG: numbered events at equal distances, because seconds and days stand side by side in it; instances in lanes below, at their place between the events.</summary>
internal static class TimelineDrawing
{
    private const int Width = 1000;
    private const int Left = 190;
    private const int Right = 30;
    private const int LaneHeight = 24;
    private const int FirstLane = 104;
    private const int MaxLanes = 16;

    public static Html Of(RotationReport report)
    {
        Moment[] main = [.. report.Timeline.Where(static moment => moment.Instance is null)];
        var lanes = report.Timeline.Where(static moment => moment.Instance is not null).GroupBy(static moment => moment.Instance!).OrderByDescending(static lane => lane.Max(static moment => moment.At)).ToArray();
        var names = report.Instances.DistinctBy(static instance => instance.Instance).ToDictionary(static instance => instance.Instance, static instance => instance.Name, StringComparer.Ordinal);
        var shown = Math.Min(lanes.Length, MaxLanes);
        var height = FirstLane + (shown * LaneHeight) + 8;
        return
            $"""
            <svg viewBox="0 0 {Width} {height}" role="img" aria-label="Timeline of the rotation">
            <text x="0" y="30">new version</text><text x="0" y="70">old version</text>
            {Html.Join(Enumerable.Range(0, main.Length), i => Grid(Place(i, main.Length), height))}
            <line class="grid" x1="{Left}" x2="{Width - Right}" y1="26" y2="26"/><line class="grid" x1="{Left}" x2="{Width - Right}" y1="66" y2="66"/>
            {Html.Join(Enumerable.Range(0, main.Length), i => Event(main[i], i, main.Length))}
            {Html.Join(Enumerable.Range(0, shown), i => Lane(lanes[i].Key, names, [.. lanes[i]], main, FirstLane + (i * LaneHeight)))}
            </svg>
            <p class="soft">Events stand at equal distances; the table has their times. ● first use of the new version, ◆ last use of the old one, by instance{(lanes.Length > shown ? string.Create(CultureInfo.InvariantCulture, $"; {lanes.Length - shown} more instances are in the tables") : "")}.</p>
            <table><thead><tr><th>no.</th><th>UTC</th><th>version</th><th>what</th><th>after</th></tr></thead><tbody>
            {Html.Join(Enumerable.Range(0, main.Length), i => Row(main, i))}
            </tbody></table>
            """;
    }

    private static Html Grid(double x, int height) => $"<line class=\"grid\" stroke-dasharray=\"2 4\" x1=\"{x:0.#}\" x2=\"{x:0.#}\" y1=\"12\" y2=\"{height - 6}\"/>";

    private static Html Event(Moment moment, int i, int count)
    {
        var (x, y) = (Place(i, count), moment.Of switch { MomentOf.New => 26, MomentOf.Old => 66, _ => 46 });
        return $"<circle class=\"{Fill(moment.Of)}\" cx=\"{x:0.#}\" cy=\"{y}\" r=\"10\"><title>{moment.What} {Moments.Time(moment.At)}</title></circle><text class=\"number\" x=\"{x:0.#}\" y=\"{y + 4}\">{i + 1}</text>";
    }

    private static Html Lane(string instance, Dictionary<string, string> names, Moment[] moments, Moment[] main, int y) =>
        $"<text class=\"soft\" x=\"0\" y=\"{y + 4}\">{Short(names.GetValueOrDefault(instance) ?? instance)}</text><line class=\"grid\" x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{y}\" y2=\"{y}\"/>{Html.Join(moments, moment => Use(moment, Between(moment.At, main), y))}";

    private static Html Use(Moment moment, double x, int y) => moment.Of == MomentOf.New
        ? Html.Of($"<circle class=\"newfill\" cx=\"{x:0.#}\" cy=\"{y}\" r=\"5\"><title>{moment.What} {Moments.Time(moment.At)}</title></circle>")
        : Html.Of($"<path class=\"oldfill\" transform=\"translate({x:0.#} {y})\" d=\"M0 -6 L6 0 L0 6 L-6 0 Z\"><title>{moment.What} {Moments.Time(moment.At)}</title></path>");

    private static Html Row(Moment[] main, int i) =>
        $"<tr><td class=\"number\">{i + 1}</td><td>{Moments.Time(main[i].At)}</td><td>{main[i].Of switch { MomentOf.New => "new", MomentOf.Old => "old", _ => "" }}</td><td>{main[i].What}</td><td>{(i == 0 ? "" : Moments.Length(main[i].At - main[i - 1].At))}</td></tr>";

    private static string Fill(MomentOf of) => of switch { MomentOf.New => "newfill", MomentOf.Old => "oldfill", _ => "reportfill" };

    private static double Place(int i, int count) => Left + 14 + (count < 2 ? 0 : i * (Width - Left - Right - 28.0) / (count - 1));

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

    private static string Short(string name) => name.Length <= 26 ? name : $"{name[..25]}…";
}
