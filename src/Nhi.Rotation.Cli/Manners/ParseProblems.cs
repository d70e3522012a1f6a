using System.CommandLine;
using System.CommandLine.Parsing;

namespace Nhi.Rotation.Cli.Manners;

/// <summary>What is wrong with a command line, in words of this tool: no names of types, a line each, and what was meant if that can be guessed.</summary>
internal static class ParseProblems
{
    // A longer word is no slip of a finger.
    private const int MaxWord = 40;

    public static IEnumerable<string> Of(ParseResult parsed) =>
    [
        .. parsed.Errors.Select(Said).Distinct(StringComparer.Ordinal),
        .. from word in parsed.UnmatchedTokens
           where word.Length <= MaxWord
           let meant = Nearest.Of(word, Names(parsed.CommandResult.Command))
           where meant is not null
           select $"'{word}': is '{meant}' meant?",
    ];

    private static IEnumerable<string> Names(Command command) => command.Subcommands.Select(static one => one.Name).Concat(command.Options.Select(static one => one.Name));

    private static string Said(ParseError error)
    {
        var (name, type, tokens) = error.SymbolResult switch
        {
            OptionResult option => (option.Option.Name, option.Option.ValueType, option.Tokens),
            ArgumentResult { Parent: OptionResult option } => (option.Option.Name, option.Option.ValueType, option.Tokens),
            ArgumentResult argument => (argument.Argument.Name, argument.Argument.ValueType, argument.Tokens),
            _ => (null, typeof(string), []),
        };
        type = type.GetElementType() ?? Nullable.GetUnderlyingType(type) ?? type;
        return name is not null && type.FullName is { } known && error.Message.Contains($"'{known}'", StringComparison.Ordinal)
            ? $"{name} {string.Join(' ', tokens.Select(static token => token.Value))}: say {(type.IsEnum ? $"one of {string.Join(", ", Enum.GetNames(type).Select(static one => one.ToLowerInvariant()))}" : type == typeof(int) ? "a whole number" : "something else")}."
            : string.Join(' ', error.Message.Split(['\r', '\n', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
    }
}
