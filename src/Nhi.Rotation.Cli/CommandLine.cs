using System.CommandLine;
using Nhi.Rotation.Cli.Asking;
using Nhi.Rotation.Cli.Hunting;
using Nhi.Rotation.Cli.Inventory;
using Nhi.Rotation.Cli.Manners;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Revoking;
using Nhi.Rotation.Cli.Signing;
using Nhi.Rotation.Cli.Waiting;

namespace Nhi.Rotation.Cli;

/// <summary>The command line: its commands, and what is said of one that makes no sense.</summary>
internal static class CommandLine
{
    public static int Run(string[] args, TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var root = Root(time, input, output, errors);
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            return (int)UsageError.Write(errors, MayQuote(parsed) ? ParseProblems.Of(parsed) : ["An argument is not known. A value is read from standard input only; if this was one, others may have seen it."]);
        }

        try
        {
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = errors, EnableDefaultExceptionHandler = false });
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(TerminalText.Of(error.Message));
            errors.WriteLine("No verdict: what cannot be read proves nothing.");
            return (int)ExitCode.CannotRead;
        }
#pragma warning disable CA1031 // Whatever it is, it is no verdict, and a stack trace helps nobody who only wanted one.
        catch (Exception error)
#pragma warning restore CA1031
        {
            errors.WriteLine(TerminalText.Of(error is OutOfMemoryException
                ? "No verdict: there is not enough memory for what was given. Give the tool more, or fewer files at once."
                : $"No verdict: the tool made a mistake ({error.GetType().Name}). Please report it, with the command line and the version {ToolVersion.Text}."));
            return (int)ExitCode.Mistake;
        }
    }

    /// <summary>All commands.</summary>
    public static RootCommand Root(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var root = new RootCommand("Evidence of credential rotations, lists of revocations, and who still has an old value.")
        {
            VerifyCommand.New(time, input, output, errors),
            WaitCommand.New(time, input, output, errors),
            InventoryCommand.New(time, input, output, errors),
            ReportCommand.New(time, input, output, errors),
            VerifyReportCommand.New(output, errors),
            WhoCommand.New(time, input, output, errors),
            FingerprintCommand.New(input, output, errors),
            RevokeCommand.New(time, input, output, errors),
            HuntCommand.New(time, input, output, errors),
        };
        root.Add(CompletionsCommand.New(root, output));

        // Nothing but a verdict ends with 0 where a path is given: no [suggest], and no file that an argument with @ names.
        root.Directives.Clear();
        foreach (var version in root.Options.OfType<VersionOption>())
        {
            version.Recursive = true;
            version.Validators.Clear();
        }

        ExamplesHelp.AddTo(root);
        return root;
    }

    // Where a value is expected, what is not understood may be one.
    private static bool MayQuote(ParseResult parsed) => parsed.UnmatchedTokens.Count == 0 || parsed.CommandResult.Command.Name is not (FingerprintCommand.Name or RevokeCommand.Name or HuntCommand.Name);
}
