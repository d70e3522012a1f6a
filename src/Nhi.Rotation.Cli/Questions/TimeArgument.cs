using System.CommandLine.Parsing;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.Cli;

/// <summary>How a length of time is written in an argument: as everywhere else.</summary>
internal static class TimeArgument
{
    public static TimeSpan? Parse(ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
        if (Duration.TryParse(text, out var time))
        {
            return time;
        }

        argument.AddError($"'{text}' is no time. Use {Duration.Form}.");
        return null;
    }
}
