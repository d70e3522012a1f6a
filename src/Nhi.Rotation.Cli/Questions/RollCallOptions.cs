using System.CommandLine;

namespace Nhi.Rotation.Cli;

/// <summary>What <c>verify</c> is told of who is there and who is not.</summary>
internal sealed class RollCallOptions
{
    private static readonly TimeSpan LineInterval = TimeSpan.FromMinutes(1);

    private readonly Option<string[]> _gone = new("--gone") { Description = "Instances that are known to be gone, though they did not stop in good order: ids, with commas between them. May be repeated." };

    private readonly Option<FileInfo?> _goneFrom = new("--gone-from") { Description = "A file of such instances." };

    private readonly Option<FileInfo?> _alive = new("--alive") { Description = "A file of what runs now: names of pods or hosts, or ids of instances, as kubectl get pods -o name prints them. What said how it is called and is not in it is gone." };

    private readonly Option<TimeSpan?> _goneAfter = new("--gone-after")
    {
        Description = "Without a line for that long an instance is gone: 30m. A running one writes a line a minute.",
        CustomParser = TimeArgument.Parse,
    };

    private readonly Option<string[]> _expect = new("--expect") { Description = "Who should be running: orders=3,worker=1. With fewer instances there is not enough evidence." };

    private readonly Option<FileInfo?> _expectFrom = new("--expect-from") { Description = "A file of the same." };

    public IReadOnlyList<Option> All => [_gone, _goneFrom, _alive, _goneAfter, _expect, _expectFrom];

    /// <summary>Whether an option says who should be there.</summary>
    public bool IsExpectation(Option option) => option == _expect || option == _expectFrom;

    /// <summary>What they say.</summary>
    /// <returns>What makes no sense, or <see langword="null"/>.</returns>
    public string? TryRead(ParseResult arguments, out RollCall rollCall)
    {
        var counts = Lists.TryCounts(Lists.Of(arguments.GetValue(_expect), arguments.GetValue(_expectFrom)), out var expected);
        rollCall = new RollCall(
            Lists.Of(arguments.GetValue(_gone), arguments.GetValue(_goneFrom)).ToHashSet(StringComparer.Ordinal),
            arguments.GetValue(_alive) is { } running ? Lists.Of([], running).Select(Lists.WithoutKind).ToHashSet(StringComparer.Ordinal) : null,
            arguments.GetValue(_goneAfter),
            expected);
        return rollCall.Alive is { Count: 0 } ? "--alive: the file names nothing, so everything would be gone."
            : rollCall.GoneAfter < LineInterval ? $"--gone-after {rollCall.GoneAfter}: a running instance writes a line a minute, so say more than 1m."
            : counts is not null ? $"--expect {counts}: say APP=NUMBER."
            : null;
    }
}
