using System.CommandLine;
using System.Text.Json;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reading;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Inventory;

/// <summary><c>nhi-rotation inventory</c>: every credential of the fleet.</summary>
internal sealed class InventoryCommand(Stream input)
{
    private readonly EvidenceSources _sources = new(input);
    private readonly Option<InventoryFormat> _format = new("--format") { Description = "table, csv, json, markdown or html." };
    private readonly Option<FileInfo?> _output = new("--output", "-o") { Description = "The file that is written. Without it, it goes to standard output." };
    private readonly InventoryPolicy _policy = new();

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var inventory = new InventoryCommand(input);
        var command = new Command("inventory", "Lists every credential that the evidence knows: owner, purpose, backend, services, versions, consumers, age, last rotation, end and last use. Exit code: 0 listed, and every policy that was given is fulfilled; 1 one is not, or is not known to be; 2 the evidence was tampered with; 3 some of it cannot be understood; 64 usage, 66 a file cannot be read, 73 a file cannot be written.")
        {
            inventory._format, inventory._output,
        };
        inventory._sources.AddTo(command);
        foreach (var option in inventory._policy.All)
        {
            command.Add(option);
        }

        command.SetAction(arguments => inventory.Run(arguments, time.GetUtcNow(), output, errors));
        return command;
    }

    private int Run(ParseResult arguments, DateTimeOffset now, TextWriter output, TextWriter errors)
    {
        if (!_sources.TryRead(arguments, [], out var found, out var problem))
        {
            return (int)UsageError.Write(errors, [problem]);
        }

        var report = FleetReport.Of(found.Instances, new FleetQuestion { Now = now });
        CredentialRow[] rows = [.. InventoryMaker.Make(report).Select(row => _policy.Judge(row, arguments, now))];
        var text = arguments.GetValue(_format) switch
        {
            InventoryFormat.Csv => InventoryText.Csv(rows),
            InventoryFormat.Json => JsonSerializer.Serialize(rows, InventoryJson.Default.IReadOnlyListCredentialRow) + "\n",
            InventoryFormat.Markdown => InventoryText.Markdown(rows),
            InventoryFormat.Html => InventoryPage.Of(rows, now),
            _ => InventoryText.Table(rows),
        };
        if (!TryWrite(text, arguments.GetValue(_output), output, errors))
        {
            return (int)ExitCode.CannotWrite;
        }

        foreach (var row in rows.Where(static row => row.Breaches.Count > 0))
        {
            errors.WriteLine(TerminalText.Of($"{row.Credential}: {string.Join("; ", row.Breaches)}"));
        }

        return Judge(report, rows, errors);
    }

    private static int Judge(FleetReport report, CredentialRow[] rows, TextWriter errors)
    {
        var worst = report.Findings.FirstOrDefault(static finding => finding.Kind == FindingKind.Tampered) ?? report.Findings.FirstOrDefault(static finding => finding.Kind == FindingKind.Unreadable);
        if (worst is not null)
        {
            errors.WriteLine(TerminalText.Of($"{TableOutput.Label(worst.Kind)}: {worst.File}: {worst.Message}"));
        }

        return worst is { Kind: FindingKind.Tampered } ? (int)ExitCode.Violated
            : Array.Exists(rows, static row => row.Breaches.Count > 0) ? InventoryPolicy.Broken
            : worst is not null ? (int)ExitCode.NotEnoughEvidence
            : (int)ExitCode.Safe;
    }

    private static bool TryWrite(string text, FileInfo? file, TextWriter output, TextWriter errors)
    {
        if (file is null)
        {
            output.Write(text);
            return true;
        }

        try
        {
            File.WriteAllText(file.FullName, text);
            return true;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            errors.WriteLine(TerminalText.Of(error.Message));
            return false;
        }
    }
}
