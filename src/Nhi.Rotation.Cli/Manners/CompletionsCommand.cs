using System.CommandLine;

namespace Nhi.Rotation.Cli.Manners;

/// <summary><c>nhi-rotation completions</c>: a script that completes commands and options, and runs nothing.</summary>
internal static class CompletionsCommand
{
    private static readonly Argument<Shell> For = new("shell") { Description = "bash, zsh, fish or pwsh." };

    public static Command New(RootCommand root, TextWriter output)
    {
        var completions = new Command("completions", "Prints a script that completes commands and options in a shell.") { For };
        completions.SetAction(arguments => output.Write(Of(arguments.GetValue(For), root).ReplaceLineEndings("\n")));
        return completions;
    }

    private static string Of(Shell shell, RootCommand root) => shell switch
    {
        Shell.Fish => Fish(root),
        Shell.Pwsh => Pwsh(root),
        Shell.Zsh => "autoload -U +X bashcompinit && bashcompinit\n" + Bash(root),
        _ => Bash(root),
    };

    private static IEnumerable<string> OptionsOf(Command command) => command.Options.Select(static option => option.Name).Append("--help").Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Names(RootCommand root) => root.Subcommands.Select(static command => command.Name);

    private static string Bash(RootCommand root) =>
        $$"""
        _nhi_rotation() {
          local current="${COMP_WORDS[COMP_CWORD]}" words=""
          if [ "$COMP_CWORD" -eq 1 ]; then
            words="{{string.Join(' ', Names(root))}} --help --version"
          else
            case "${COMP_WORDS[1]}" in
        {{string.Concat(root.Subcommands.Select(static command => $"      {command.Name}) words=\"{string.Join(' ', OptionsOf(command))}\" ;;\n"))}}    esac
            case "$current" in -*) ;; *) COMPREPLY=($(compgen -f -- "$current")); return ;; esac
          fi
          COMPREPLY=($(compgen -W "$words" -- "$current"))
        }
        complete -o filenames -F _nhi_rotation nhi-rotation

        """;

    private static string Fish(RootCommand root) => string.Concat(root.Subcommands.Select(static command =>
        $"complete -c nhi-rotation -n __fish_use_subcommand -a {command.Name}\n" + string.Concat(OptionsOf(command).Select(option => $"complete -c nhi-rotation -n '__fish_seen_subcommand_from {command.Name}' -l {option[2..]}\n"))));

    private static string Pwsh(RootCommand root) =>
        $$"""
        Register-ArgumentCompleter -Native -CommandName nhi-rotation -ScriptBlock {
          param($word, $ast, $position)
          $options = @{
        {{string.Concat(root.Subcommands.Select(static command => $"    '{command.Name}' = '{string.Join(' ', OptionsOf(command))}'\n"))}}  }
          $command = "$($ast.CommandElements[1])"
          $words = if ($options.ContainsKey($command)) { $options[$command] } else { '{{string.Join(' ', Names(root))}}' }
          $words.Split(' ') | Where-Object { $_ -like "$word*" }
        }

        """;
}
