using System.CommandLine;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli;

/// <summary>The command line: <c>nhi-rotation verify FILE|DIR...</c> and its options.</summary>
internal sealed class VerifyCommand
{
    private const string Json = "json";
    private const string Table = "table";

    private readonly FleetInquiry _inquiry;

    private readonly Option<string> _format = new Option<string>("--format") { Description = "How to print.", DefaultValueFactory = _ => Table }
        .AcceptOnlyFromAmong(Table, Json);

    private readonly Option<bool> _verbose = new("--verbose", "-v") { Description = "Every instance, rotation and chain head, however many there are. Without it the report fits a screen, the worst first." };

    private VerifyCommand(Stream input) => _inquiry = new FleetInquiry(input);

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var verify = new VerifyCommand(input);
        var command = new Command("verify", "Checks evidence, out of files or logs, merges it, and says whether the old versions may be revoked. Exit code: 0 safe, 1 still used, 2 violated or tampered with, 3 not enough evidence, 64 usage, 66 a file cannot be read.")
        {
            verify._format, verify._verbose,
        };
        verify._inquiry.AddTo(command);
        command.SetAction(result => (int)verify.Verify(result, time, output, errors));
        return command;
    }

    private ExitCode Verify(ParseResult arguments, TimeProvider time, TextWriter output, TextWriter errors)
    {
        if (!_inquiry.TryAsk(arguments, time.GetUtcNow(), out var answer, out var problem))
        {
            return UsageError.Write(errors, [problem]);
        }

        if (arguments.GetValue(_format) == Json)
        {
            JsonOutput.Write(answer.Report, answer.LeftAlone, output);
        }
        else
        {
            TableOutput.Write(answer.Report, answer.LeftAlone, output, arguments.GetValue(_verbose));
        }

        return answer.Report.ToExitCode();
    }
}
