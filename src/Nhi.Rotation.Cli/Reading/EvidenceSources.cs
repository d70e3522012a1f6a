using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Nhi.Rotation.Cli.Manners;
using Nhi.Rotation.Cli.Reading.Postgres;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli.Reading;

/// <summary>Where a command finds evidence: files, directories, logs, standard input, a table of PostgreSQL, and any of them together.</summary>
/// <param name="input">Standard input.</param>
internal sealed class EvidenceSources(Stream input)
{
    private const string NothingNamed = "Say where the evidence is: files or directories, - for a log on standard input, or --postgres.";

    private readonly Argument<string[]> _paths = new("path")
    {
        Description = "Evidence files, or directories of them (*.jsonl); logs with lines of evidence among others; - for a log on standard input. Pass those of every instance that is or may be running.",
        Arity = ArgumentArity.ZeroOrMore,
    };

    private readonly PostgresOptions _postgres = new();

    /// <summary>Adds the arguments to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_paths);
        foreach (var option in _postgres.All)
        {
            command.Add(option);
        }
    }

    /// <summary>Whether any is named.</summary>
    public bool AreGiven(ParseResult arguments) => arguments.GetValue(_paths) is { Length: > 0 } || _postgres.IsGiven(arguments);

    /// <summary>Whether standard input is one of them.</summary>
    public bool HasStandardInput(ParseResult arguments) => arguments.GetValue(_paths)?.Contains(FoundFiles.StandardInput) == true;

    /// <summary>What the evidence says.</summary>
    /// <param name="arguments">Which.</param>
    /// <param name="earlier">The chains of an earlier report.</param>
    /// <param name="found">It.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="collected">Keeps the lines that were found in logs and tables.</param>
    /// <returns>Whether there is any; if not, <paramref name="problem"/> says why.</returns>
    /// <exception cref="IOException">Something cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public bool TryRead(ParseResult arguments, IReadOnlyList<EarlierChain> earlier, [NotNullWhen(true)] out FoundEvidence? found, [NotNullWhen(false)] out string? problem, CollectedEvidence? collected = null)
    {
        found = null;
        var files = FoundFiles.None;
        problem = _postgres.TryRead(arguments, out var table) ?? (AreGiven(arguments) ? null : NothingNamed);
        problem ??= MistakeIn(arguments);
        if (problem is not null || (arguments.GetValue(_paths) is { Length: > 0 } paths && !EvidenceFiles.TryFind(paths, out files, out problem)))
        {
            return false;
        }

        using var own = collected is null ? new CollectedEvidence() : null;
        collected ??= own!;
        table?.Read(collected);
        var instances = files.Read(input, earlier, collected);
        problem = instances.Count > 0 ? null : table is null ? EvidenceFiles.NoLine : NoRow(table, hasFiles: files.Evidence.Count + files.Logs.Count > 0);
        found = new FoundEvidence(instances, files.LeftAlone);
        return problem is null;
    }

    // A pipe can be read once, and evidence is looked at before it is read. What begins like an option and is no file is one that was misspelt.
    private string? MistakeIn(ParseResult arguments)
    {
        foreach (var path in (arguments.GetValue(_paths) ?? []).Where(static path => path.Length > 0 && path != FoundFiles.StandardInput))
        {
            if (!File.Exists(path) && !Directory.Exists(path))
            {
                return path[0] == '-' ? $"'{path}' is no option of {arguments.CommandResult.Command.Name}, and no file.{(Nearest.Of(path, arguments.CommandResult.Command.Options.Select(static option => option.Name)) is { } meant ? $" Is {meant} meant?" : "")}" : throw new FileNotFoundException($"'{path}' does not exist.", path);
            }

            if (File.Exists(path) && File.ResolveLinkTarget(path, returnFinalTarget: true) is { Exists: false })
            {
                return $"'{path}' is a pipe, which can be read once. Pipe it into nhi-rotation, and say - for it.";
            }
        }

        return null;
    }

    private static string NoRow(PostgresTable table, bool hasFiles) =>
        $"There is no line of evidence in {table.Name}{(hasFiles ? ", nor in what else was given" : "")}. The app writes them with WriteEvidenceTo(new PostgresEvidenceSink(...)); is it the table of --postgres-table, and may its user SELECT all rows?";
}
