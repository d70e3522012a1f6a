using System.CommandLine;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reporting;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Signing;

/// <summary><c>nhi-rotation report</c>: one rotation as a page for an auditor.</summary>
internal sealed class ReportCommand(Stream input)
{
    /// <summary>What the signature's file is called after the page.</summary>
    public const string SignatureSuffix = ".dsse.json";

    private readonly FleetInquiry _inquiry = new(input);
    private readonly Option<FileInfo?> _output = new("--output", "-o") { Description = "The page that is written. Without it, it goes to standard output." };
    private readonly Option<string> _format = new Option<string>("--format") { Description = "html, or json for programs.", DefaultValueFactory = static _ => "html" }.AcceptOnlyFromAmong("html", "json");
    private readonly Option<FileInfo?> _sign = new("--sign") { Description = "A private key (ECDSA P-256, PEM; its certificate may be in the file too) to sign the page and what it says with: a DSSE envelope around an in-toto statement, beside the page, with .dsse.json after its name." };

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var report = new ReportCommand(input);
        var command = new Command("report", "Writes one rotation as one page that an auditor can keep: the three proofs with their evidence, timeline, instances, consumers, hunts and controls. Exit code: that of the verdict, 0 safe, 1 still used, 2 violated or tampered with, 3 not enough evidence; 64 usage, 66 a file cannot be read, 73 a file cannot be written.")
        {
            report._output, report._format, report._sign,
        };
        report._inquiry.AddTo(command);
        command.SetAction(arguments => (int)report.Run(arguments, time, output, errors));
        return command;
    }

    private ExitCode Run(ParseResult arguments, TimeProvider time, TextWriter output, TextWriter errors)
    {
        var isHtml = arguments.GetValue(_format) == "html";
        if (arguments.GetValue(_sign) is not null && (arguments.GetValue(_output) is null || !isHtml))
        {
            return UsageError.Write(errors, ["--sign: say where the page goes, with --output, and write it as html."]);
        }

        try
        {
            using var key = arguments.GetValue(_sign) is { } file ? SigningKey.Read(_sign.Name, file, needsPrivate: true) : null;
            using var collected = new CollectedEvidence();
            if (!_inquiry.TryAsk(arguments, time.GetUtcNow(), out var answer, out var problem, collected))
            {
                return UsageError.Write(errors, [problem]);
            }

            if (answer.Report.Rotations is not [var rotation])
            {
                return NotOne(answer, errors);
            }

            var report = ReportMaker.Make(answer.Report, rotation, EvidenceLines.Of(answer.Report, rotation, collected));
            var text = isHtml ? ReportPage.Of(report) : JsonSerializer.Serialize(report, RotationReportJson.Default.RotationReport);
            return Write(report, text, arguments.GetValue(_output), key, output, errors);
        }
        catch (CryptographicException error)
        {
            return UsageError.Write(errors, [error.Message]);
        }
    }

    private static ExitCode NotOne(FleetAnswer answer, TextWriter errors)
    {
        if (answer.Report.Rotations.Count > 1)
        {
            return UsageError.Write(errors, [$"A report is of one rotation. Say --credential and --old-version: {string.Join(", ", answer.Report.Rotations.Select(static one => $"{one.CredentialName} {one.From}"))}."]);
        }

        errors.WriteLine("No rotation was found, of what was asked for: nothing to report.");
        return ExitCode.NotEnoughEvidence;
    }

    private static ExitCode Write(RotationReport report, string text, FileInfo? page, SigningKey? key, TextWriter output, TextWriter errors)
    {
        if (page is null)
        {
            output.Write(text);
            return report.Result;
        }

        // An old signature beside a new page is never right, and it may be the only copy of what was signed.
        if (key is null && File.Exists(page.FullName + SignatureSuffix))
        {
            errors.WriteLine(TerminalText.Of($"'{page.Name}{SignatureSuffix}' is the signature of an earlier page, and would not be of this one: nothing was written. Sign this one too, with --sign; write it elsewhere; or move both files away first."));
            return ExitCode.CannotWrite;
        }

        try
        {
            var bytes = Encoding.UTF8.GetBytes(text);
            File.WriteAllBytes(page.FullName, bytes);
            if (key is not null)
            {
                File.WriteAllBytes(page.FullName + SignatureSuffix, SignedReport.Sign(report, page.Name, bytes, key));
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(TerminalText.Of(error.Message));
            return ExitCode.CannotWrite;
        }

        output.WriteLine(TerminalText.Of($"{page.Name}: {report.Credential} {report.OldVersion}: {report.VerdictText}{(key is null ? "" : $", signed with key {key.Id}")}"));
        foreach (var line in report.Affected.Select(static one => $"  {one}").Prepend(report.Conclusion))
        {
            output.WriteLine(TerminalText.Of(line));
        }

        return report.Result;
    }
}
