using System.Globalization;
using Nhi.Rotation.Cli.Output;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Nhi.Rotation.Cli.Waiting;

/// <summary>What is waited for, on a terminal: always the latest.</summary>
internal sealed class TerminalDisplay(LiveDisplayContext terminal) : IWaitDisplay
{
    private const int MaxLines = 12;

    public void Show(Sight sight, DateTimeOffset at, TimeSpan left)
    {
        terminal.UpdateTarget(View(sight, at, left));
        terminal.Refresh();
    }

    /// <summary>The picture.</summary>
    public static IRenderable View(Sight sight, DateTimeOffset at, TimeSpan left)
    {
        var style = sight.State switch { SightState.Safe => "green", SightState.Violated => "red", SightState.Waiting => "yellow", _ => "grey" };
        return new Rows(
        [
            new Markup($"[{style}]{Markup.Escape(LineDisplay.Word(sight.State))}[/]"),
            .. sight.Lines.Take(MaxLines).Select(static line => new Text($"  {TerminalText.Of(line)}")),
            .. sight.Lines.Count > MaxLines ? [new Text(string.Create(CultureInfo.InvariantCulture, $"  and {sight.Lines.Count - MaxLines} more"))] : Array.Empty<IRenderable>(),
            new Text(string.Create(CultureInfo.InvariantCulture, $"looked at {at.UtcDateTime:HH:mm:ss}Z, time is up in {Whole(left)}"), new Style(decoration: Decoration.Dim)),
        ]);
    }

    private static TimeSpan Whole(TimeSpan time) => TimeSpan.FromSeconds(Math.Ceiling(Math.Max(0, time.TotalSeconds)));
}
