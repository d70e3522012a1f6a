
namespace Nhi.Rotation.Cli.Output;

/// <summary>What is said of a command line that makes no sense.</summary>
internal static class UsageError
{
    private const string Usage = "usage: nhi-rotation COMMAND [options]; nhi-rotation --help names the commands, nhi-rotation COMMAND --help their options";

    public static ExitCode Write(TextWriter errors, IEnumerable<string> reasons)
    {
        foreach (var reason in reasons)
        {
            errors.WriteLine(TerminalText.Of(reason));
        }

        errors.WriteLine(Usage);
        return ExitCode.Usage;
    }
}
