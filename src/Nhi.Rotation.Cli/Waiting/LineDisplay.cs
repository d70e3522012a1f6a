using System.Globalization;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Waiting;

/// <summary>A line for each change, for logs.</summary>
internal sealed class LineDisplay(TextWriter output) : IWaitDisplay
{
    private string? _key;

    public void Show(Sight sight, DateTimeOffset at, TimeSpan left)
    {
        if (sight.Key == _key)
        {
            return;
        }

        _key = sight.Key;
        var more = sight.Lines.Count > 1 ? string.Create(CultureInfo.InvariantCulture, $" (and {sight.Lines.Count - 1} more)") : "";
        output.WriteLine(TerminalText.Of(string.Create(CultureInfo.InvariantCulture, $"{at.UtcDateTime:HH:mm:ss}Z {Word(sight.State)}: {(sight.Lines.Count > 0 ? sight.Lines[0] : "nothing is known")}{more}")));
        output.Flush();
    }

    /// <summary>What a state is called.</summary>
    public static string Word(SightState state) => state switch
    {
        SightState.Safe => "safe",
        SightState.Violated => "violated",
        SightState.Waiting => "waiting",
        _ => "still waiting, nothing is seen",
    };
}
