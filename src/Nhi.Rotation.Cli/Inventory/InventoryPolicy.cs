using System.CommandLine;
using Nhi.Rotation.Cli.Pages;

namespace Nhi.Rotation.Cli.Inventory;

/// <summary>What every credential has to fulfil. What is not known is not fulfilled.</summary>
internal sealed class InventoryPolicy
{
    /// <summary>The exit code where one does not.</summary>
    public const int Broken = 1;

    private readonly Option<bool> _requireOwner = new("--require-owner") { Description = "Each credential must have an owner." };
    private readonly Option<TimeSpan?> _maxAge = new("--max-age") { Description = "No version that is current may be older: 90d.", CustomParser = TimeArgument.Parse };
    private readonly Option<TimeSpan?> _unusedFor = new("--unused-for") { Description = "No credential may be unused for that long: 60d.", CustomParser = TimeArgument.Parse };
    private readonly Option<TimeSpan?> _expiresWithin = new("--expires-within") { Description = "No version that is current may end within that time: 14d.", CustomParser = TimeArgument.Parse };

    public IReadOnlyList<Option> All => [_requireOwner, _maxAge, _unusedFor, _expiresWithin];

    /// <summary>A credential with what is wrong with it.</summary>
    public CredentialRow Judge(CredentialRow row, ParseResult arguments, DateTimeOffset now) => row with
    {
        Breaches =
        [
            .. arguments.GetValue(_requireOwner) && row.Owners.Count == 0 ? ["NO OWNER"] : Array.Empty<string>(),
            .. arguments.GetValue(_maxAge) is { } maxAge ? Age(row, maxAge) : [],
            .. arguments.GetValue(_unusedFor) is { } unused ? Use(row, unused, now) : [],
            .. arguments.GetValue(_expiresWithin) is { } within ? Expiry(row, within, now) : [],
        ],
    };

    private static string[] Age(CredentialRow row, TimeSpan most) =>
        row.Age > most ? [$"TOO OLD: {row.AgeText}"]
        : row is { IsAgeKnown: true, Age: not null } ? []
        : [$"AGE NOT KNOWN: {row.AgeText}"];

    private static string[] Use(CredentialRow row, TimeSpan most, DateTimeOffset now) =>
        row.LastUse is not { } last ? ["NO USE IS KNOWN"] : now - last >= most ? [$"UNUSED for {Moments.Length(now - last)}"] : [];

    private static string[] Expiry(CredentialRow row, TimeSpan within, DateTimeOffset now) =>
        row.ExpiresOn is { } end && end - now <= within ? [$"{(end <= now ? "EXPIRED" : "EXPIRES")} {Moments.Time(end)}"]
        : row.IsExpiryKnown ? []
        : ["END NOT KNOWN"];
}
