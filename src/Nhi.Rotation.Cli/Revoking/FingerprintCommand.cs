using System.CommandLine;
using Nhi.Rotation.Cli.Output;

namespace Nhi.Rotation.Cli.Revoking;

/// <summary><c>nhi-rotation fingerprint</c>: the name of a value for a list of revocations.</summary>
internal static class FingerprintCommand
{
    public const string Name = "fingerprint";

    public static Command New(Stream input, TextWriter output, TextWriter errors)
    {
        var value = new ValueInput(input);
        var command = new Command(Name, "Prints the fingerprint of the value that it reads from standard input, for a list of revocations. Exit code: 0 printed, 64 usage, 66 a file cannot be read.");
        foreach (var option in value.Options)
        {
            command.Add(option);
        }

        command.SetAction(arguments =>
        {
            var (fingerprint, problem) = value.Read(arguments);
            if (fingerprint is null)
            {
                return (int)UsageError.Write(errors, [problem!]);
            }

            output.WriteLine(fingerprint.ToString());
            return (int)ExitCode.Safe;
        });
        return command;
    }
}
