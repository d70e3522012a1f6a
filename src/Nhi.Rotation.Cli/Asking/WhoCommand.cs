using System.CommandLine;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reading;

namespace Nhi.Rotation.Cli.Asking;

/// <summary><c>nhi-rotation who</c>: who uses a version now, and what breaks if it is revoked this minute.</summary>
internal static class WhoCommand
{
    private static readonly Option<string?> Credential = new("--credential") { Description = "Only this credential." };
    private static readonly Option<string?> Version = new("--version-id") { Description = "Only this version of it." };
    private static readonly Option<OutputFormat> Format = new("--format") { Description = "text or json." };

    public static Command New(TimeProvider time, Stream input, TextWriter output, TextWriter errors)
    {
        var who = new Command("who", "Says who uses which version, the current one included, and what breaks if it is revoked this minute. It is no verdict, so it never ends with 0: 1 somebody is on it, 3 nobody is known, 64 usage, 66 a file cannot be read.")
        {
            Credential, Version, Format,
        };
        var sources = new EvidenceSources(input);
        sources.AddTo(who);
        who.SetAction(arguments => (int)Answer(sources, arguments, time, output, errors));
        return who;
    }

    private static ExitCode Answer(EvidenceSources sources, ParseResult arguments, TimeProvider time, TextWriter output, TextWriter errors)
    {
        if (!sources.TryRead(arguments, [], out var found, out var problem))
        {
            return UsageError.Write(errors, [problem]);
        }

        var users = VersionUsers.Of(found.Instances, time.GetUtcNow(), arguments.GetValue(Credential), arguments.GetValue(Version));
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
