using System.CommandLine;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reading;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli;

/// <summary>The command line: <c>nhi-rotation verify FILE|DIR...</c> and its options.</summary>
internal static class VerifyCommand
{
    private const string Json = "json";
    private const string Table = "table";

    // A running instance writes a line a minute: one with a younger line is not gone.
    private static readonly TimeSpan YoungestGone = TimeSpan.FromMinutes(1);

    private static readonly Argument<string[]> Paths = new("path")
    {
        Description = "Evidence files, or directories of them (*.jsonl). Pass those of every instance that is or may be running.",
        Arity = ArgumentArity.OneOrMore,
    };

    private static readonly Option<string> Format = new Option<string>("--format") { Description = "How to print.", DefaultValueFactory = _ => Table }
        .AcceptOnlyFromAmong(Table, Json);

    private static readonly Option<FileInfo?> Earlier = new("--earlier")
    {
        Description = "What --format json printed before: every chain in it must be there still, and may only have grown.",
    };

    private static readonly VerifyOptions Options = new();

    public static Command New(TimeProvider time, TextWriter output, TextWriter errors)
    {
        var verify = new Command("verify", "Checks evidence files, merges them, and says whether the old versions may be revoked. Exit code: 0 safe, 1 still used, 2 violated or tampered with, 3 not enough evidence, 64 usage, 66 a file cannot be read.")
        {
            Paths, Format, Earlier,
        };
        foreach (var option in Options.All)
        {
            verify.Add(option);
        }

        verify.SetAction(result => (int)Verify(result, time, output, errors));
        return verify;
    }

    private static ExitCode Verify(ParseResult arguments, TimeProvider time, TextWriter output, TextWriter errors)
    {
        if (!EvidenceFiles.TryFind(arguments.GetValue(Paths)!, out var files, out var problem))
        {
            return Refuse(errors, problem);
        }

        IReadOnlyList<EarlierChain> earlier = [];
        if (arguments.GetValue(Earlier) is { } file && !EarlierReport.TryRead(file.FullName, out earlier))
        {
            return Refuse(errors, $"'{file.FullName}' is no report of --format json.");
        }

        var instances = EvidenceReader.Read(files.Evidence, earlier);
        if ((Options.TryRead(arguments, time.GetUtcNow(), out var question) ?? NotGone(question, instances)) is { } wrong)
        {
            return Refuse(errors, wrong);
        }

        var report = FleetReport.Of(instances, question);
        if (arguments.GetValue(Format) == Json)
        {
            JsonOutput.Write(report, files.LeftAlone, output);
        }
        else
        {
            TableOutput.Write(report, files.LeftAlone, output);
        }

        return report.ToExitCode();
    }

    private static string? NotGone(FleetQuestion question, IReadOnlyList<InstanceEvidence> instances)
    {
        var known = instances.ToDictionary(instance => instance.Instance, StringComparer.Ordinal);
        return question.Gone.Concat(question.Declared.AcceptedLosses).FirstOrDefault(id => !known.ContainsKey(id)) is { } unknown
            ? $"--gone {unknown}: no file is of such an instance."
            : question.Gone.FirstOrDefault(id => known[id] is { IsClosed: false } instance && question.Now - instance.LastAt < YoungestGone) is { } young
                ? $"--gone {young}: it wrote its last line less than a minute ago, so it runs."
                : question.Alive is { } alive && instances.Any(static instance => !instance.IsClosed) && !instances.Any(instance => instance.IsNamedIn(alive))
                    ? "--alive: it names none of the instances whose evidence is here, so it is a list of something else. Give the names of pods or hosts as the evidence has them."
                    : null;
    }

    private static ExitCode Refuse(TextWriter errors, string reason) => UsageError.Write(errors, [reason]);
}
