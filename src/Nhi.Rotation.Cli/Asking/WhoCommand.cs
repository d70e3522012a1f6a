using System.CommandLine;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reading;

namespace Nhi.Rotation.Cli.Asking;

/// <summary><c>nhi-rotation who</c>: who uses a version now, and what breaks if it is revoked this minute.</summary>
internal static class WhoCommand
{
    private static readonly Argument<string[]> Paths = new("path") { Description = "Evidence files, or directories of them (*.jsonl); logs with lines of evidence among others; - for a log on standard input.", Arity = ArgumentArity.OneOrMore };
    private static readonly Option<string?> Credential = new("--credential") { Description = "Only this credential." };
    private static readonly Option<string?> Version = new("--version-id") { Description = "Only this version of it." };
    private static readonly Option<OutputFormat> Format = new("--format") { Description = "text or json." };

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var who = new Command("who", "Says who uses which version, the current one included, and what breaks if it is revoked this minute. It is no verdict, so it never ends with 0: 1 somebody is on it, 3 nobody is known, 64 usage, 66 a file cannot be read.")
        {
            Paths, Credential, Version, Format,
        };
        who.SetAction(arguments => (int)Answer(arguments, time, input, output, errors));
        return who;
    }

    private static ExitCode Answer(ParseResult arguments, TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        if (!EvidenceFiles.TryRead(arguments.GetValue(Paths)!, input, out var instances, out var problem))
        {
            return UsageError.Write(errors, [problem]);
        }

        var users = VersionUsers.Of(instances, time.GetUtcNow(), arguments.GetValue(Credential), arguments.GetValue(Version));
        if (arguments.GetValue(Format) == OutputFormat.Json)
        {
            WhoOutput.WriteJson(users, output);
        }
        else
        {
            WhoOutput.Write(users, output);
        }

        return users.Any(static user => user.IsOnIt) ? ExitCode.StillUsed : ExitCode.NotEnoughEvidence;
    }
}
