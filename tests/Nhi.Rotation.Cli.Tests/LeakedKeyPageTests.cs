using System.Runtime.CompilerServices;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Nhi.Rotation.Cli.Tests.Support;
using Nhi.Rotation.Evidence.Revocations;

namespace Nhi.Rotation.Cli.Tests;

/// <summary>The three commands of docs/leaked-key.md, as they stand there, one after the other.</summary>
public sealed partial class LeakedKeyPageTests : IDisposable
{
    private const string Leaked = "the-value-that-leaked";

    private readonly EvidenceDirectory _evidence = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("nhi-three-").FullName;

    private string List => Path.Combine(_directory, "revoked.json");

    [Fact]
    public void They_name_who_uses_it_take_it_out_and_say_that_it_is_over()
    {
        var commands = Commands();
        Assert.Equal(3, commands.Length);
        var shop = new WrittenInstance("aaaa").Describe(0).See("v1", 0).Promote("v1", 0).Use("v1", 10).Rotate("v1", "v2", 100).Accept("v2", 101).Use("v2", 102).Use("v1", 110, stage: CredentialStage.Previous);
        shop.Write(_evidence.Path);

        var (exit, output, _) = Run(commands[0], minute: 111);
        Assert.True(exit == (int)ExitCode.StillUsed, output);
        Assert.Contains("Revoking stripe v1 now breaks:\n  shop/client in aaaa", output.ReplaceLineEndings("\n"), StringComparison.Ordinal);

        (exit, output, var errors) = Run(commands[1], minute: 111);
        Assert.True(exit == (int)ExitCode.Safe, output + errors);
        var entry = Assert.Single(RevocationListFile.Read(List));
        Assert.Equal(("stripe", "in a public repository"), (entry.CredentialName, entry.Why));
        Assert.True(entry.Fingerprint!.IsOf(Encoding.UTF8.GetBytes(Leaked), default));

        shop.Use("v2", 290).Stop(299).Write(_evidence.Path);
        (exit, output, _) = Run(commands[2], minute: 300);
        Assert.True(exit == (int)ExitCode.Safe, output);
    }

    public void Dispose()
    {
        _evidence.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private static string[] Commands([CallerFilePath] string here = "")
    {
        var page = File.ReadAllText(Path.Combine(Path.GetDirectoryName(here)!, "../../docs/leaked-key.md"));
        return [.. ShellBlock().Matches(page[..page.IndexOf("\n## ", StringComparison.Ordinal)]).Select(block => block.Groups[1].Value.Trim())];
    }

    // What fetches the value is somebody else's tool.
    private (int Exit, string Output, string Errors) Run(string command, double minute)
    {
        var own = command[command.IndexOf("nhi-rotation ", StringComparison.Ordinal)..]
            .Replace("/var/lib/evidence", _evidence.Path, StringComparison.Ordinal)
            .Replace("revoked.json", List, StringComparison.Ordinal)
            .Replace("OLD-VERSION", "v1", StringComparison.Ordinal);
        string[] words = [.. Word().Matches(own).Select(word => word.Value.Trim('"')).Skip(1)];
        using var output = new StringWriter();
        using var errors = new StringWriter();
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(Leaked + "\n"));
        return (CommandLine.Run(words, new FakeTimeProvider(WrittenInstance.At(minute)), input, output, errors), output.ToString(), errors.ToString());
    }

    [GeneratedRegex("```sh\n(.*?)```", RegexOptions.Singleline)]
    private static partial Regex ShellBlock();

    [GeneratedRegex("\"[^\"]*\"|\\S+")]
    private static partial Regex Word();
}
