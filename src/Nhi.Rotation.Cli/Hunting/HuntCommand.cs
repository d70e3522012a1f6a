using System.CommandLine;
using System.Security.Cryptography;
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
    private readonly Option<HuntFormat> _format = new("--format") { Description = "text or json." };

    private HuntCommand(TimeProvider time, Stream input) => (_time, _input) = (time, input);

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var hunt = new HuntCommand(time, input);
        var command = new Command(Name, "Finds a value in running processes, dumps, files and what is piped in, in all the forms in which it is written down. Exit code: 0 nowhere, 1 held, 3 not everywhere could be looked at, 64 usage, 66 a value cannot be read.")
        {
            hunt._values, hunt._exact, hunt._processes, hunt._all, hunt._dumps, hunt._paths, hunt._stream, hunt._format,
        };
        command.SetAction(arguments => (int)hunt.Run(arguments, output, errors));
        return command;
    }

    private ExitCode Run(ParseResult arguments, TextWriter output, TextWriter errors)
    {
        var files = arguments.GetValue(_values)!;
        var isStreamed = arguments.GetValue(_stream);
        var (processes, all, dumps, paths) = (arguments.GetValue(_processes) ?? [], arguments.GetValue(_all), arguments.GetValue(_dumps) ?? [], arguments.GetValue(_paths) ?? []);
        if (processes.Length == 0 && !all && dumps.Length == 0 && paths.Length == 0 && !isStreamed)
        {
            return UsageError.Write(errors, ["Say where to look: --all, --pid, --dump, --path or --stream."]);
        }

        if ((isStreamed ? 1 : 0) + files.Count(static file => file == "-") > 1)
        {
            return UsageError.Write(errors, ["Standard input can be one thing only: a value (--value-file -) or what is looked into (--stream)."]);
        }

        using var quarry = new Quarry();
        foreach (var file in files)
        {
            if (AddValue(quarry, file, arguments.GetValue(_exact)) is { } problem)
            {
                return UsageError.Write(errors, [problem]);
            }
        }

        var findings = new Findings();
        LookInto(new ProcessHunt(quarry, findings, _time), findings, processes, all);
        var contents = new ContentHunt(quarry, findings);
        var dumpHunt = new DumpHunt(quarry, findings);
        Array.ForEach(dumps, dump => dumpHunt.In(dump.FullName));
        Array.ForEach(paths, path => contents.InPath(Path.GetFullPath(path)));
        if (isStreamed)
        {
            contents.InStream(_input, "standard input");
        }

        HuntOutput.Write(findings, arguments.GetValue(_format), output);
        return findings.ExitCode;
    }

    private static void LookInto(ProcessHunt hunt, Findings findings, int[] processes, bool all)
    {
        if (!OperatingSystem.IsLinux())
        {
            if (all || processes.Length > 0)
            {
                findings.Miss("processes", "running processes are looked into on Linux only: take a dump and pass it with --dump");
            }

            return;
        }

        foreach (var process in all ? LinuxProcess.All() : processes.Distinct().Select(static id => new LinuxProcess(id)))
        {
            hunt.In(process);
        }
    }

    private string? AddValue(Quarry quarry, string file, bool isExact)
    {
        var bytes = ReadValue(file);
        try
        {
            ReadOnlySpan<byte> value = isExact ? bytes : ValueBytes.WithoutLineBreak(bytes);
            if (value.Length < Quarry.Shortest)
            {
                return $"'{file}' holds {value.Length} bytes: fewer than {Quarry.Shortest} stand by chance in every process.";
            }

            quarry.Add(file == "-" ? "the value" : Path.GetFileName(file), value);
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(bytes);
        }
    }

    private byte[] ReadValue(string file)
    {
        if (file != "-")
        {
            return File.ReadAllBytes(file);
        }

        using var copy = new MemoryStream();
        _input.CopyTo(copy);
        var bytes = copy.ToArray();
        CryptographicOperations.ZeroMemory(copy.GetBuffer());
        return bytes;
    }
}
