using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Nhi.Rotation.Cli.Fleet;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reading;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli;

/// <summary>The command line: <c>nhi-rotation verify FILE|DIR...</c> and its options.</summary>
internal static class VerifyCommand
{
    private const string Json = "json";
    private const string Table = "table";
    private const string Usage = "usage: nhi-rotation verify FILE|DIR... [--credential NAME] [--old-version ID] [--format table|json] [--quiet-period TIME] [--max-age TIME] [--gone INSTANCE]... [--earlier REPORT]";

    private static readonly Argument<string[]> Paths = new("path")
    {
        Description = "Evidence files, or directories of them (*.jsonl). Pass those of every instance that is or may be running.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Format = new Option<string>("--format") { Description = "How to print.", DefaultValueFactory = _ => Table }
        .AcceptOnlyFromAmong(Table, Json);

    private static readonly Option<TimeSpan?> QuietPeriod = new("--quiet-period")
    {
        Description = "How long nobody may have used an old version: 90s, 30m, 1h, 2d or hh:mm:ss. Without it, what each instance was configured with.",
        CustomParser = ParseTime,
    };

    private static readonly Option<TimeSpan?> MaxAge = new("--max-age")
    {
        Description = "How old the last line of an instance may be that did not stop in good order, 5m by default. Say more only for copies, and no more than their age.",
        CustomParser = ParseTime,
    };

    private static readonly Option<string[]> Gone = new("--gone") { Description = "An instance that is known to be gone, though it did not stop in good order. May be repeated." };

    private static readonly Option<FileInfo?> Earlier = new("--earlier")
    {
        Description = "What --format json printed before: every chain in it must be there still, and may only have grown.",
    };

    private static readonly Option<string?> Credential = new("--credential") { Description = "Judge only this credential." };

    private static readonly Option<string?> OldVersion = new("--old-version") { Description = "Judge only this old version." };

    public static int Run(string[] args, TimeProvider time, TextWriter output, TextWriter errors)
    {
        var verify = new Command("verify", "Checks evidence files, merges them, and says whether the old versions may be revoked. Exit code: 0 safe, 1 still used, 2 violated or tampered with, 3 not enough evidence, 64 usage, 66 a file cannot be read.")
        {
            Paths, Credential, OldVersion, Format, QuietPeriod, MaxAge, Gone, Earlier,
        };
        verify.SetAction(result => (int)Verify(result, time, output, errors));
        var root = new RootCommand("Evidence of credential rotations.") { verify };

        // Nothing but a verdict ends with 0 where a path is given: no [suggest], and no file that an argument with @ names.
        root.Directives.Clear();
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        if (parsed.Errors.Count > 0)
        {
            return (int)Refuse(errors, [.. parsed.Errors.Select(error => error.Message)]);
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
    }

    private static ExitCode Verify(ParseResult arguments, TimeProvider time, TextWriter output, TextWriter errors)
    {
        var paths = arguments.GetValue(Paths)!;
        if (paths.FirstOrDefault(path => !File.Exists(path) && !Directory.Exists(path)) is { } missing)
        {
            return Refuse(errors, [$"'{missing}' does not exist."]);
        }

        var files = EvidenceFiles.Find(paths);
        if (files.Count == 0)
        {
            return Refuse(errors, ["There is no *.jsonl file in the given directories."]);
        }

        IReadOnlyList<EarlierChain> earlier = [];
        if (arguments.GetValue(Earlier) is { } file && !EarlierReport.TryRead(file.FullName, out earlier))
        {
            return Refuse(errors, [$"'{file.FullName}' is no report of --format json."]);
        }

        var instances = EvidenceReader.Read(files, earlier);
        var gone = arguments.GetValue(Gone) ?? [];
        if (gone.FirstOrDefault(id => instances.All(instance => instance.Instance != id)) is { } unknown)
        {
            return Refuse(errors, [$"--gone {unknown}: no file is of such an instance."]);
        }

        var question = new FleetQuestion
        {
            Now = time.GetUtcNow(),
            QuietPeriod = arguments.GetValue(QuietPeriod),
            Gone = gone,
            CredentialName = arguments.GetValue(Credential),
            OldVersion = arguments.GetValue(OldVersion),
        };
        var report = FleetReport.Of(instances, arguments.GetValue(MaxAge) is { } age ? question with { MaxAge = age } : question);
        if (arguments.GetValue(Format) == Json)
        {
            JsonOutput.Write(report, output);
        }
        else
        {
            TableOutput.Write(report, output);
        }

        return report.ExitCode;
    }

    private static ExitCode Refuse(TextWriter errors, string[] reasons)
    {
        foreach (var reason in reasons)
        {
            errors.WriteLine(TerminalText.Of(reason));
        }

        errors.WriteLine(Usage);
        return ExitCode.Usage;
    }

    private static TimeSpan? ParseTime(ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
        if (TimeOf(text) is { } time && time >= TimeSpan.Zero)
        {
            return time;
        }

        argument.AddError($"'{text}' is no time. Use 90s, 30m, 1h, 2d or hh:mm:ss.");
        return null;
    }

    private static TimeSpan? TimeOf(string text)
    {
        if (text.Contains(':', StringComparison.Ordinal))
        {
            return TimeSpan.TryParse(text, CultureInfo.InvariantCulture, out var time) ? time : null;
        }

        const int MaxDays = 36_500;
        var seconds = text.Length == 0 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, 'd' => 86_400, _ => 0 };
        return seconds > 0 && double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * seconds <= MaxDays * 86_400d
            ? TimeSpan.FromSeconds(number * seconds)
            : null;
    }
}
