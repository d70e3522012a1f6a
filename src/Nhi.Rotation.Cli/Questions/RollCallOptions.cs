using System.CommandLine;

namespace Nhi.Rotation.Cli;

/// <summary>What <c>verify</c> is told of who is there and who is not.</summary>
/// <param name="files">Reads lists.</param>
internal sealed class RollCallOptions(ListFiles files)
{
    // A running instance writes a line a minute, and one that has much to do a little later.
    private static readonly TimeSpan ShortestSilence = TimeSpan.FromMinutes(3);

    private readonly Option<string[]> _gone = new("--gone") { Description = "Instances that are known to be gone, though they did not stop in good order: ids, with commas between them. May be repeated." };

    private readonly Option<string?> _goneFrom = new("--gone-from") { Description = $"A file of such instances, {ListFiles.Bound}, or - for standard input.", HelpName = "file" };

    private readonly Option<string?> _alive = new("--alive") { HelpName = "file", Description = $"A file of what runs now, {ListFiles.Bound}, or - for standard input: names of pods or hosts, or ids of instances, as kubectl get pods -o name prints them. What said how it is called and is not in it is gone." };

    private readonly Option<TimeSpan?> _goneAfter = new("--gone-after")
    {
        Description = "Without a line for that long an instance is gone: 30m; 3m at least. A running one writes a line a minute.",
        CustomParser = TimeArgument.Parse,
    };

    private readonly Option<string[]> _expect = new("--expect") { Description = "Who should be running: orders=3,worker=1. With fewer instances there is not enough evidence." };

    private readonly Option<string?> _expectFrom = new("--expect-from") { Description = $"A file of the same, {ListFiles.Bound}, or - for standard input.", HelpName = "file" };

    public IReadOnlyList<Option> All => [_gone, _goneFrom, _alive, _goneAfter, _expect, _expectFrom];

    /// <summary>Whether an option says who should be there.</summary>
    public bool IsExpectation(Option option) => option == _expect || option == _expectFrom;

    /// <summary>What they say.</summary>
    /// <returns>What makes no sense, or <see langword="null"/>.</returns>
    public string? TryRead(ParseResult arguments, DateTimeOffset now, out RollCall rollCall)
    {
        var counts = Lists.TryCounts(Lists.Of(arguments.GetValue(_expect), In(arguments, _expectFrom)), out var expected);
        rollCall = new RollCall(
            Lists.Of(arguments.GetValue(_gone), In(arguments, _goneFrom)).ToHashSet(StringComparer.Ordinal),
            In(arguments, _alive) is { } running ? Lists.Of([], running).Select(Lists.WithoutKind).ToHashSet(StringComparer.Ordinal) : null,
            arguments.GetValue(_alive) is { Length: > 0 } list ? files.MadeAt(list, now) : null,
            arguments.GetValue(_goneAfter),
            expected);
        return CountStandardInput(arguments) > 1 ? "Standard input can be one list only."
            : rollCall.Alive is { Count: 0 } ? "--alive: the file names nothing, so everything would be gone."
            : rollCall.GoneAfter < ShortestSilence ? $"--gone-after {rollCall.GoneAfter}: a running instance writes a line a minute, and later when it is busy, so say 3m or more."
            : counts is not null ? $"--expect {counts}: say APP=NUMBER."
            : null;
    }

    /// <summary>How many lists come from standard input: no more than one can.</summary>
    public int CountStandardInput(ParseResult arguments) => new[] { _goneFrom, _alive, _expectFrom }.Count(option => arguments.GetValue(option) == ListFiles.StandardInput);

    private IEnumerable<string>? In(ParseResult arguments, Option<string?> option) => arguments.GetValue(option) is { } name ? files.Lines(option.Name, name) : null;
}
