using System.CommandLine;
using System.Diagnostics.CodeAnalysis;
using Nhi.Rotation.Cli.Output;
using Nhi.Rotation.Cli.Reading;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Evidence.Reading;

namespace Nhi.Rotation.Cli;

/// <summary>What every command asks that judges: of which evidence, measured by what, and what somebody knows besides.</summary>
/// <param name="input">Standard input, for what is named -.</param>
/// <param name="isAskedAgain">Whether it asks again and again: standard input can be read once.</param>
internal sealed class FleetInquiry(Stream input, bool isAskedAgain = false)
{
    // A running instance writes a line a minute, or a little later: one with a younger line is not gone.
    private static readonly TimeSpan YoungestGone = TimeSpan.FromMinutes(2);

    private readonly EvidenceSources _sources = new(input);

    private readonly Option<FileInfo?> _earlier = new("--earlier")
    {
        Description = "What verify --format json printed before, no larger than 256 MiB: every chain in it must be there still, and may only have grown.",
    };

    /// <summary>What is asked besides of which evidence.</summary>
    public VerifyOptions Options { get; } = new(new ListFiles(input));

    /// <summary>Adds the arguments to a command.</summary>
    public void AddTo(Command command)
    {
        _sources.AddTo(command);
        foreach (var option in Options.All.Append(_earlier))
        {
            command.Add(option);
        }
    }

    /// <summary>Whether evidence is named.</summary>
    public bool HasEvidence(ParseResult arguments) => _sources.AreGiven(arguments);

    /// <summary>Reads and judges.</summary>
    /// <param name="arguments">What is asked.</param>
    /// <param name="now">When.</param>
    /// <param name="answer">The answer.</param>
    /// <param name="problem">Why there is none.</param>
    /// <param name="collected">Keeps the lines that were found in logs and tables.</param>
    /// <returns>Whether there is an answer; if not, <paramref name="problem"/> says what makes no sense.</returns>
    /// <exception cref="IOException">Something cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">Access is denied.</exception>
    public bool TryAsk(ParseResult arguments, DateTimeOffset now, [NotNullWhen(true)] out FleetAnswer? answer, [NotNullWhen(false)] out string? problem, CollectedEvidence? collected = null)
    {
        answer = null;
        if (_sources.HasStandardInput(arguments) && (isAskedAgain || Options.HasListOnStandardInput(arguments)))
        {
            problem = isAskedAgain ? "Standard input can be read once, and this asks again and again. Give files or directories." : "Standard input can be one thing only: evidence, or one list.";
            return false;
        }

        IReadOnlyList<EarlierChain> earlier = [];
        if (arguments.GetValue(_earlier) is { } file && !EarlierReport.TryRead(_earlier.Name, file.FullName, out earlier))
        {
            problem = $"{_earlier.Name}: '{file.FullName}' is no report. Give what verify --format json printed.";
            return false;
        }

        if (!_sources.TryRead(arguments, earlier, out var found, out problem, collected))
        {
            return false;
        }

        problem = Options.TryRead(arguments, now, out var question) ?? NotGone(question, found.Instances) ?? UnknownNames.In(question.Declared, found.Instances);
        answer = problem is null ? new FleetAnswer(FleetReport.Of(found.Instances, question), found.LeftAlone) : null;
        return answer is not null;
    }

    private static string? NotGone(FleetQuestion question, IReadOnlyList<InstanceEvidence> instances)
    {
        var known = instances.ToDictionary(instance => instance.Instance, StringComparer.Ordinal);
        return question.Gone.FirstOrDefault(id => !known.ContainsKey(id)) is { } unknown ? $"--gone {TerminalText.Short(unknown)}: no evidence is of such an instance. Say an id as verify prints it."
            : question.Declared.AcceptedLosses.FirstOrDefault(id => !known.ContainsKey(id)) is { } lost ? $"--accept-loss {TerminalText.Short(lost)}: no evidence is of such an instance. Say an id as verify prints it."
            : question.Gone.FirstOrDefault(id => known[id] is { IsClosed: false } instance && question.Now - instance.LastAt < YoungestGone) is { } young ? $"--gone {young}: it wrote its last line less than two minutes ago, so it may run."
            : question.Alive is { } alive && instances.Any(static instance => !instance.IsClosed) && !instances.Any(instance => instance.IsNamedIn(alive))
                ? "--alive: it names none of the instances whose evidence is here, so it is a list of something else. Give the names of pods or hosts as the evidence has them."
                : null;
    }
}
