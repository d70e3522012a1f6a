using System.CommandLine;

namespace Nhi.Rotation.Cli.Hunting;

/// <summary>The options that make a hunt evidence.</summary>
internal sealed class HuntEvidenceOptions
{
    private readonly Option<DirectoryInfo?> _evidence = new("--evidence") { Description = "A directory of evidence that gets a line about this hunt, which verify reads. Say also --credential and --old-version." };
    private readonly Option<string?> _credential = new("--credential") { Description = "The credential whose old value is looked for, for --evidence." };
    private readonly Option<string?> _oldVersion = new("--old-version") { Description = "The version that has the value, for --evidence." };

    public IReadOnlyList<Option> All => [_evidence, _credential, _oldVersion];

    /// <summary>Of which version the hunt is evidence, if it is.</summary>
    /// <returns>What makes no sense, or <see langword="null"/>.</returns>
    public string? TryRead(ParseResult arguments, bool isOneValue, bool isStreamed, out HuntQuestion? question)
    {
        question = null;
        var (evidence, credential, version) = (arguments.GetValue(_evidence), arguments.GetValue(_credential), arguments.GetValue(_oldVersion));
        if (evidence is null)
        {
            return (credential ?? version) is null ? null : "--credential and --old-version say of what --evidence is: say where that is.";
        }

        if (credential is null || version is null)
        {
            return "Evidence is of one version: say --credential and --old-version, as verify names them.";
        }

        question = new HuntQuestion(evidence.FullName, credential, version);
        return !isOneValue ? "Evidence is of one version: say one --value-file."
            : isStreamed ? "What is piped in cannot be looked at again by a later hunt, so it is no evidence: write it to a file and say --path."
            : null;
    }
}
