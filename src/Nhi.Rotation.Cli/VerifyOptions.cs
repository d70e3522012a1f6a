using System.CommandLine;
using System.CommandLine.Parsing;
using Nhi.Rotation.Evidence.Fleet;
using Nhi.Rotation.Spelling;

namespace Nhi.Rotation.Cli;

/// <summary>What <c>verify</c> takes besides files.</summary>
internal sealed class VerifyOptions
{
    private static readonly TimeSpan YoungestGone = TimeSpan.FromMinutes(1);

    private readonly Option<TimeSpan?> _quietPeriod = new("--quiet-period")
    {
        Description = "How long nobody may have used an old version: 30m, 1h, 2d or 1.00:00:00. Without it, what each instance was configured with.",
        CustomParser = ParseTime,
    };

    private readonly Option<TimeSpan?> _maxAge = new("--max-age")
    {
        Description = "How old the last line of an instance may be that did not stop in good order, 5m by default. Say more only for copies, and no more than their age.",
        CustomParser = ParseTime,
    };

    private readonly Option<string[]> _gone = new("--gone") { Description = "Instances that are known to be gone, though they did not stop in good order: ids, with commas between them. May be repeated." };

    private readonly Option<FileInfo?> _goneFrom = new("--gone-from") { Description = "A file of such instances." };

    private readonly Option<FileInfo?> _alive = new("--alive") { Description = "A file of what runs now: names of pods or hosts, or ids of instances, as kubectl get pods -o name prints them. What said how it is called and is not in it is gone." };

    private readonly Option<TimeSpan?> _goneAfter = new("--gone-after")
    {
        Description = "Without a line for that long an instance is gone: 30m. A running one writes a line a minute.",
        CustomParser = ParseTime,
    };

    private readonly Option<string[]> _expect = new("--expect") { Description = "Who should be running: orders=3,worker=1. With fewer instances there is not enough evidence." };

    private readonly Option<FileInfo?> _expectFrom = new("--expect-from") { Description = "A file of the same." };

    private readonly Option<string[]> _retired = new("--retired-consumer") { Description = "A consumer whose code is gone: orders/nightly. May be repeated." };

    private readonly Option<string[]> _renamed = new("--renamed") { Description = "What an app or a credential was called, and is called now: web=web-v2. May be repeated." };

    private readonly Option<string[]> _acceptLoss = new("--accept-loss") { Description = "An instance that lost evidence of which you know that it held no use of an old version. May be repeated." };

    private readonly Option<string?> _because = new("--because") { Description = "Why what you declare is so. It goes into the report, with your name." };

    private readonly Option<string?> _credential = new("--credential") { Description = "Judge only this credential." };

    private readonly Option<string?> _oldVersion = new("--old-version") { Description = "Judge only this old version." };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_credential, _oldVersion, _quietPeriod, _maxAge, _gone, _goneFrom, _alive, _goneAfter, _expect, _expectFrom, _retired, _renamed, _acceptLoss, _because];

    /// <summary>The question that they ask.</summary>
    /// <returns>What makes no sense, or <see langword="null"/>.</returns>
    public string? TryRead(ParseResult arguments, DateTimeOffset now, out FleetQuestion question)
    {
        var counts = Lists.TryCounts(Lists.Of(arguments.GetValue(_expect), arguments.GetValue(_expectFrom)), out var expected);
        var names = Lists.TryPairs(Lists.Of(arguments.GetValue(_renamed)), out var renamed);
        question = new FleetQuestion
        {
            Now = now,
            QuietPeriod = arguments.GetValue(_quietPeriod),
            MaxAge = arguments.GetValue(_maxAge) ?? FleetQuestion.DefaultMaxAge,
            Gone = Lists.Of(arguments.GetValue(_gone), arguments.GetValue(_goneFrom)).ToHashSet(StringComparer.Ordinal),
            Alive = arguments.GetValue(_alive) is { } running ? Lists.Of([], running).Select(Lists.WithoutKind).ToHashSet(StringComparer.Ordinal) : null,
            GoneAfter = arguments.GetValue(_goneAfter),
            Expected = expected,
            Declared = new Declarations
            {
                RetiredConsumers = Lists.Of(arguments.GetValue(_retired)),
                Renamed = renamed,
                AcceptedLosses = Lists.Of(arguments.GetValue(_acceptLoss)),
                Because = arguments.GetValue(_because),
            },
            CredentialName = arguments.GetValue(_credential),
            OldVersion = arguments.GetValue(_oldVersion),
        };
        return question.Alive is { Count: 0 } ? "--alive: the file names nothing, so everything would be gone."
            : question.GoneAfter < YoungestGone ? $"--gone-after {question.GoneAfter}: a running instance writes a line a minute, so say more than 1m."
            : counts is not null ? $"--expect {counts}: say APP=NUMBER."
            : names is not null ? $"--renamed {names}: say BEFORE=NOW."
            : null;
    }

    private static TimeSpan? ParseTime(ArgumentResult argument)
    {
        var text = argument.Tokens.Count == 1 ? argument.Tokens[0].Value : string.Empty;
        if (Duration.TryParse(text, out var time))
        {
            return time;
        }

        argument.AddError($"'{text}' is no time. Use {Duration.Form}.");
        return null;
    }
}
