using Spectre.Console;

namespace Nhi.Rotation.Cli.Output;

/// <summary>A terminal that somebody looks at.</summary>
internal static class Terminal
{
    /// <summary>Opens it.</summary>
    public static IAnsiConsole Open(IAnsiConsoleOutput terminal) => AnsiConsole.Create(new AnsiConsoleSettings { Out = terminal, ColorSystem = Colors(Environment.GetEnvironmentVariable("NO_COLOR")) });

    /// <summary>Whether there is colour, by the variable that turns it off wherever it is not empty (no-color.org).</summary>
    public static ColorSystemSupport Colors(string? noColor) => string.IsNullOrEmpty(noColor) ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors;
}
