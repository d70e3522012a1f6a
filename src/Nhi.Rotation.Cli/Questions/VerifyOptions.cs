using System.CommandLine;
using Nhi.Rotation.Evidence.Fleet;

namespace Nhi.Rotation.Cli;

/// <summary>What <c>verify</c> takes besides files.</summary>
/// <param name="files">Reads lists.</param>
internal sealed class VerifyOptions(ListFiles files)
{
    private readonly Option<TimeSpan?> _quietPeriod = new("--quiet-period")
    {
        Description = "How long nobody may have used an old version: 30m, 1h, 2d or 1.00:00:00. Without it, what each instance was configured with.",
        CustomParser = TimeArgument.Parse,
    };

    private readonly Option<TimeSpan?> _maxAge = new("--max-age")
    {
        Description = "How old the last line of an instance may be that did not stop in good order, 5m by default. Say more only for copies, and no more than their age.",
        CustomParser = TimeArgument.Parse,
    };

    private readonly RollCallOptions _rollCall = new(files);

    private readonly Option<string[]> _retired = new("--retired-consumer") { Description = "A consumer whose code is gone: orders/nightly. May be repeated." };

    private readonly Option<string[]> _renamed = new("--renamed") { Description = "What an app or a credential was called, and is called now: web=web-v2. May be repeated." };

    private readonly Option<string[]> _acceptLoss = new("--accept-loss") { Description = "An instance that lost evidence of which you know that it held no use of an old version. May be repeated." };

    private readonly Option<string?> _because = new("--because") { Description = "Why what you declare is so. It goes into the report, with your name." };

    private readonly Option<string?> _credential = new("--credential") { Description = "Judge only this credential." };

    private readonly Option<string?> _oldVersion = new("--old-version") { Description = "Judge only this old version." };

    /// <summary>All of them.</summary>
    public IReadOnlyList<Option> All => [_credential, _oldVersion, _quietPeriod, _maxAge, .. _rollCall.All, _retired, _renamed, _acceptLoss, _because];

    /// <summary>The first option that was given and is about evidence alone.</summary>
    public string? FindForEvidenceOnly(ParseResult arguments) =>
        All.FirstOrDefault(option => option != _credential && option != _oldVersion && option != _maxAge && !_rollCall.IsExpectation(option) && arguments.GetResult(option) is { Implicit: false })?.Name;

    /// <summary>Whether a list comes from standard input.</summary>
    public bool HasListOnStandardInput(ParseResult arguments) => _rollCall.CountStandardInput(arguments) > 0;

    /// <summary>The question that they ask.</summary>
    /// <returns>What makes no sense, or <see langword="null"/>.</returns>
    public string? TryRead(ParseResult arguments, DateTimeOffset now, out FleetQuestion question)
    {
        var absent = _rollCall.TryRead(arguments, now, out var rollCall);
        var names = Lists.TryPairs(Lists.Of(arguments.GetValue(_renamed)), out var renamed);
        question = new FleetQuestion
        {
            Now = now,
            QuietPeriod = arguments.GetValue(_quietPeriod),
            MaxAge = arguments.GetValue(_maxAge) ?? FleetQuestion.DefaultMaxAge,
            Gone = rollCall.Gone,
            Alive = rollCall.Alive,
            AliveAt = rollCall.AliveAt,
            GoneAfter = rollCall.GoneAfter,
            Expected = rollCall.Expected,
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
        return absent ?? (names is not null ? $"--renamed {names}: say BEFORE=NOW." : null);
    }
}
