using System.CommandLine;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Evidence.Revocations;

namespace Nhi.Rotation.Cli.Revoking;

/// <summary><c>nhi-rotation revoke</c>: adds a version or a value to a list of revocations.</summary>
internal sealed class RevokeCommand
{
    public const string Name = "revoke";

    private readonly Option<FileInfo> _list = new("--list") { Description = "The list; made if it is missing.", Required = true };
    private readonly Option<string> _credential = new("--credential") { Description = "The credential, as the application calls it.", Required = true };
    private readonly Option<string?> _version = new("--version-id") { Description = "The version. Without it, the value from standard input is revoked, whatever its version is called." };
    private readonly Option<string> _why = new("--why") { Description = "Why, for the log, the status page and the evidence.", Required = true };
    private readonly ValueInput _value;
    private readonly TimeProvider _time;
    private readonly TextWriter _output;
    private readonly TextWriter _errors;

    private RevokeCommand(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        _value = new ValueInput(input);
        _time = time;
        _output = output;
        _errors = errors;
    }

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var revoke = new RevokeCommand(time, input, output, errors);
        var command = new Command(Name, "Adds a version, or the value from standard input, to a list of revocations, in one step. Exit code: 0 it is on the list, 64 usage, 66 a file cannot be read, 73 the list cannot be written.")
        {
            revoke._list, revoke._credential, revoke._version, revoke._why,
        };
        foreach (var option in revoke._value.Options)
        {
            command.Add(option);
        }

        command.SetAction(arguments => (int)revoke.Run(arguments));
        return command;
    }

    private ExitCode Run(ParseResult arguments)
    {
        var version = arguments.GetValue(_version);
        var (fingerprint, problem) = version is null ? _value.Read(arguments) : (null, null);
        if (problem is not null)
        {
            return UsageError.Write(_errors, [problem]);
        }

        var list = arguments.GetValue(_list)!.FullName;
        var credential = arguments.GetValue(_credential)!;
        try
        {
            var isNew = RevocationListFile.Add(list, new RevocationEntry(credential, version, fingerprint, arguments.GetValue(_why)!, _time.GetUtcNow()));
            var what = version is null ? "the value" : $"version '{version}'";
            _output.WriteLine(TerminalText.Of($"{(isNew ? "Added" : "On the list already")}: {what} of '{credential}', in '{list}'."));
            return ExitCode.Safe;
        }
        catch (RevocationListException error)
        {
            _errors.WriteLine(TerminalText.Of(error.Message));
            return ExitCode.CannotWrite;
        }
    }
}
