using Nhi.Rotation.Cli.Output;
using Spectre.Console;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>How far a hunt is, beside its report and on a terminal only.</summary>
internal static class HuntProgress
{
    private const int PlaceWidth = 48;

    /// <summary>Runs steps of a hunt.</summary>
    /// <param name="errors">Where progress is shown if it is a terminal.</param>
    /// <param name="findings">Says where the hunt is.</param>
    /// <param name="steps">What is looked into, one by one.</param>
    public static void Run(TextWriter errors, Findings findings, IReadOnlyCollection<Action> steps)
    {
        var terminal = new AnsiConsoleOutput(errors);
        if (!terminal.IsTerminal)
        {
            foreach (var step in steps)
            {
                step();
            }

            return;
        }

        var progress = Terminal.Open(terminal).Progress().AutoClear(enabled: true);
        progress.Columns(new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn(), new TaskDescriptionColumn { Alignment = Justify.Left }).Start(context =>
        {
            var all = context.AddTask("looking", maxValue: steps.Count);
            findings.Looking = place => all.Description = Markup.Escape(Shorten(TerminalText.Of(place)));
            foreach (var step in steps)
            {
                step();
                all.Increment(1);
            }
        });
    }

    private static string Shorten(string place) => place.Length <= PlaceWidth ? place : $"…{place[^(PlaceWidth - 1)..]}";
}
