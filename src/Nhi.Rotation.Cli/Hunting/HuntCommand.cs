using System.CommandLine;
using System.Globalization;
using Nhi.Rotation.Cli.Files;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary><c>nhi-rotation hunt</c>: who still has a value.</summary>
internal sealed class HuntCommand
{
    public const string Name = "hunt";

    private readonly TimeProvider _time;
    private readonly Stream _input;
    private readonly Option<string[]> _values = new("--value-file") { Description = "A file with the value that is looked for, or - for standard input. Repeat it for several. A value is never an argument: others could read it.", Required = true };
    private readonly Option<bool> _exact = new("--exact") { Description = "Takes the values byte by byte. Without it, one line break at the end is none of the value." };
    private readonly Option<int[]> _processes = new("--pid") { Description = "A process to look into: its arguments, its environment, its memory. Linux." };
    private readonly Option<bool> _all = new("--all") { Description = "Looks into all processes but itself. Linux." };
    private readonly Option<FileInfo[]> _dumps = new("--dump") { Description = "A core dump to look into." };
    private readonly Option<string[]> _paths = new("--path") { Description = "A file, or a directory whose files are looked into; also inside gzip and tar." };
    private readonly Option<bool> _stream = new("--stream") { Description = "Looks into standard input, such as git log -p --all or docker save." };
    private readonly HuntEvidenceOptions _evidence = new();
    private readonly Option<OutputFormat> _format = new("--format") { Description = "text or json." };

    private HuntCommand(TimeProvider time, Stream input) => (_time, _input) = (time, input);

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var hunt = new HuntCommand(time, input);
        var command = new Command(Name, "Finds a value in running processes, dumps, files and what is piped in, in all the forms in which it is written down. Exit code: 0 nowhere, 1 held, 3 not everywhere could be looked at, 64 usage, 66 a value cannot be read.")
        {
            hunt._values, hunt._exact, hunt._processes, hunt._all, hunt._dumps, hunt._paths, hunt._stream, hunt._format,
        };
        foreach (var option in hunt._evidence.All)
        {
            command.Add(option);
        }

        command.SetAction(arguments => (int)hunt.Run(arguments, output, errors));
        return command;
    }

    private ExitCode Run(ParseResult arguments, TextWriter output, TextWriter errors)
    {
        HuntQuestion? question = null;
        var mistake = FindMistake(arguments) ?? _evidence.TryRead(arguments, arguments.GetValue(_values)!.Length == 1, arguments.GetValue(_stream), out question);
        if (mistake is not null)
        {
            return UsageError.Write(errors, [mistake]);
        }

        using var quarry = new Quarry();
        foreach (var file in arguments.GetValue(_values)!)
        {
            if (AddValue(quarry, file, arguments.GetValue(_exact)) is { } problem)
            {
                return UsageError.Write(errors, [problem]);
            }
        }

        using var record = question is not null ? new HuntRecord(question, ScopeOf(arguments), _time) : null;
        var findings = new Findings();
        HuntProgress.Run(errors, findings, [.. Steps(arguments, quarry, findings)]);
        record?.Write(findings);
        HuntOutput.Write(findings, arguments.GetValue(_format), output);
        return findings.ExitCode;
    }

    private string? FindMistake(ParseResult arguments)
    {
        var files = arguments.GetValue(_values)!;
        var isStreamed = arguments.GetValue(_stream);
        return !isStreamed && !arguments.GetValue(_all) && Array.TrueForAll([_processes, _dumps, _paths], (Option where) => arguments.GetResult(where) is null) ? "Say where to look: --all, --pid, --dump, --path or --stream."
            : (isStreamed ? 1 : 0) + files.Count(static file => file == "-") > 1 ? "Standard input can be one thing only: a value (--value-file -) or what is looked into (--stream)."
            : null;
    }

    private List<string> ScopeOf(ParseResult arguments) =>
    [
        .. arguments.GetValue(_all) ? ["processes"] : Array.Empty<string>(),
        .. ProcessesIn(arguments).Select(static id => string.Create(CultureInfo.InvariantCulture, $"process {id}")),
        .. (arguments.GetValue(_dumps) ?? []).Select(static dump => $"dump {dump.FullName}"),
        .. (arguments.GetValue(_paths) ?? []).Select(static path => $"path {Path.GetFullPath(path)}"),
    ];

    private IEnumerable<Action> Steps(ParseResult arguments, Quarry quarry, Findings findings)
    {
        var (dumps, contents, processes) = (new DumpHunt(quarry, findings), new ContentHunt(quarry, findings), new ProcessHunt(quarry, findings, _time));
        return
        [
            .. InProcesses(arguments, processes, findings),
            .. (arguments.GetValue(_dumps) ?? []).Select<FileInfo, Action>(dump => () => dumps.In(dump.FullName)),
            .. (arguments.GetValue(_paths) ?? []).Select<string, Action>(path => () => contents.InPath(Path.GetFullPath(path))),
            .. arguments.GetValue(_stream) ? [() => contents.InStream(_input, "standard input")] : Array.Empty<Action>(),
        ];
    }

    private IEnumerable<Action> InProcesses(ParseResult arguments, ProcessHunt hunt, Findings findings)
    {
        var all = arguments.GetValue(_all);
        if (!OperatingSystem.IsLinux())
        {
            return all || ProcessesIn(arguments).Length > 0 ? [() => findings.Miss("processes", "running processes are looked into on Linux only: take a dump and pass it with --dump")] : [];
        }

        return (all ? LinuxProcess.All() : ProcessesIn(arguments).Select(static id => new LinuxProcess(id))).Select<LinuxProcess, Action>(process => () => hunt.In(process));
    }

    private int[] ProcessesIn(ParseResult arguments) => [.. (arguments.GetValue(_processes) ?? []).Distinct()];

    private string? AddValue(Quarry quarry, string file, bool isExact)
    {
        using var input = file == "-" ? _input : SideFile.Open(_values.Name, file);
        return ValueBytes.Use(input, file == "-" ? "Standard input" : $"'{file}'", isExact, value =>
        {
            if (value.Length < Quarry.Shortest)
            {
                return $"'{file}' holds {value.Length} bytes: fewer than {Quarry.Shortest} stand by chance in every process.";
            }

            quarry.Add(file == "-" ? "the value" : Path.GetFileName(file), value);
            return null;
        });
    }
}
