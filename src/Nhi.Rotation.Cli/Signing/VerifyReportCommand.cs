using System.CommandLine;
using System.Security.Cryptography;
using System.Text.Json;
using Nhi.Rotation.Cli.Files;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Pages;
using Nhi.Rotation.Cli.Reporting;

namespace Nhi.Rotation.Cli.Signing;

/// <summary><c>nhi-rotation verify-report</c>: whether a page is the one that was signed, and what it says.</summary>
internal sealed class VerifyReportCommand
{
    private const int MaxBytes = 1 << 28;

    private readonly Argument<FileInfo> _page = new("page") { Description = "The page that report wrote." };
    private readonly Option<FileInfo?> _signature = new("--signature") { Description = "Its signature. Without it, the file beside the page with .dsse.json after its name." };
    private readonly Option<FileInfo> _key = new("--key") { Description = "The public key that it must be signed with, or a certificate for it, in PEM.", Required = true };
    private readonly Option<string?> _credential = new("--credential") { Description = "The credential that it must be of. Without it, a report of any is good." };
    private readonly Option<string?> _oldVersion = new("--old-version") { Description = "The old version that it must be of. Without it, a report of any is good." };
    private readonly Option<OutputFormat> _format = new("--format") { Description = "text, or json for what was signed." };

    public static Command New(TextWriter output, TextWriter errors)
    {
        var verify = new VerifyReportCommand();
        var command = new Command("verify-report", "Checks offline that a report is the one that was signed, byte for byte, and says what it says. Exit code: that of the verdict in it, 0 safe, 1 still used, 3 not enough evidence; 2 violated, or anything was changed, or it is of another rotation than was asked for; 64 usage, 66 a file cannot be read.")
        {
            verify._page, verify._signature, verify._key, verify._credential, verify._oldVersion, verify._format,
        };
        command.SetAction(arguments => (int)verify.Run(arguments, output, errors));
        return command;
    }

    private ExitCode Run(ParseResult arguments, TextWriter output, TextWriter errors)
    {
        var page = arguments.GetValue(_page)!;
        var signature = arguments.GetValue(_signature) ?? new FileInfo(page.FullName + ReportCommand.SignatureSuffix);
        try
        {
            using var key = SigningKey.Read(_key.Name, arguments.GetValue(_key)!, needsPrivate: false);
            var signed = SideFile.ReadBytes(arguments.GetValue(_signature) is null ? "The signature" : _signature.Name, signature.FullName, MaxBytes);
            var fault = SignedReport.FindFault(signed, SideFile.ReadBytes("The page", page.FullName, MaxBytes), key, out var report);
            if (fault is not null || report is null)
            {
                errors.WriteLine(TerminalText.Of($"NOT AUTHENTIC: {fault}"));
                return ExitCode.Violated;
            }

            if (Other(arguments.GetValue(_credential), report.Credential) || Other(arguments.GetValue(_oldVersion), report.OldVersion))
            {
                errors.WriteLine(TerminalText.Of($"NOT WHAT WAS ASKED FOR: it is authentic, and of {report.Credential} {report.OldVersion}, not of {arguments.GetValue(_credential) ?? report.Credential} {arguments.GetValue(_oldVersion) ?? report.OldVersion}. Give the report of that rotation."));
                return ExitCode.Violated;
            }

            Write(report, key, arguments.GetValue(_format), output);
            return Enum.IsDefined(report.Result) && report.Result <= ExitCode.NotEnoughEvidence ? report.Result : ExitCode.Violated;
        }
        catch (CryptographicException error)
        {
            return UsageError.Write(errors, [error.Message]);
        }
    }

    private static bool Other(string? asked, string found) => asked is not null && asked != found;

    private static void Write(RotationReport report, SigningKey key, OutputFormat format, TextWriter output)
    {
        if (format == OutputFormat.Json)
        {
            output.WriteLine(JsonSerializer.Serialize(report, RotationReportJson.Default.RotationReport));
            return;
        }

        output.WriteLine(TerminalText.Of($"AUTHENTIC: signed with key {key.Id}, made at {Moments.Time(report.MadeAt)} by {report.MadeBy} with nhi-rotation {report.Tool}."));
        output.WriteLine(TerminalText.Of($"{report.Credential} {report.OldVersion}: {report.VerdictText}. {report.Conclusion}"));
        foreach (var line in report.Affected)
        {
            output.WriteLine(TerminalText.Of($"  {line}"));
        }

        foreach (var option in report.Options.Where(static option => option.IsOverride))
        {
            output.WriteLine(TerminalText.Of($"  given: {option.Name} {option.Value}"));
        }
    }
}
