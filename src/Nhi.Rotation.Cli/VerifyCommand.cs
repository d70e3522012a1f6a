using System.CommandLine;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli;

/// <summary>The command line: <c>nhi-rotation verify FILE|DIR...</c> and its options.</summary>
internal static class VerifyCommand
{
    private const string Json = "json";
    private const string Table = "table";

    private static readonly Option<string> Format = new Option<string>("--format") { Description = "How to print.", DefaultValueFactory = _ => Table }
        .AcceptOnlyFromAmong(Table, Json);

    private static readonly Option<bool> Verbose = new("--verbose", "-v") { Description = "Every instance, rotation and chain head, however many there are. Without it the report fits a screen, the worst first." };

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var verify = new Command("verify", "Checks evidence, out of files or logs, merges it, and says whether the old versions may be revoked. Exit code: 0 safe, 1 still used, 2 violated or tampered with, 3 not enough evidence, 64 usage, 66 a file cannot be read.")
        {
            Format, Verbose,
        };
        var inquiry = new FleetInquiry(ArgumentArity.OneOrMore, input);
        inquiry.AddTo(verify);
        verify.SetAction(result => (int)Verify(inquiry, result, time, output, errors));
        return verify;
    }

    private static ExitCode Verify(FleetInquiry inquiry, ParseResult arguments, TimeProvider time, TextWriter output, TextWriter errors)
    {
        if (!inquiry.TryAsk(arguments, time.GetUtcNow(), out var answer, out var problem))
        {
            return UsageError.Write(errors, [problem]);
        }

        if (arguments.GetValue(Format) == Json)
        {
            JsonOutput.Write(answer.Report, answer.LeftAlone, output);
        }
        else
        {
            TableOutput.Write(answer.Report, answer.LeftAlone, output, arguments.GetValue(Verbose));
        }

        return answer.Report.ToExitCode();
    }
}
