using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>What the endpoint for Key Vault events says. Event ids 440 to 449; they are part of the contract with whoever alerts on them.</summary>
internal sealed partial class PushLog(ILogger logger, TimeProvider time)
{
    // Of each kind of line, at most so many a minute about clients, and so many in its while about credentials, versions and secrets.
    private const int MaxClients = 64;
    private const int MaxNames = 1024;

    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    // One kind of line never waits for another: whoever knows no key must not silence what those who know it cause.
    private readonly LogTurns _refused = new(time, Minute, MaxClients);
    private readonly LogTurns _refusedOld = new(time, Minute, MaxClients);
    private readonly LogTurns _malformed = new(time, Minute, MaxClients);
    private readonly LogTurns _endpoint = new(time, Minute, MaxNames);
    private readonly LogTurns _signalled = new(time, Minute, MaxNames);
    private readonly LogTurns _expiring = new(time, Hour, MaxNames);
    private readonly LogTurns _foreign = new(time, Hour, MaxNames);

    [LoggerMessage(440, LogLevel.Information, "Credential '{Credential}': Key Vault sent {EventType}; the vault is asked.")]
    private static partial void Signalled(ILogger logger, string credential, string eventType);

    [LoggerMessage(441, LogLevel.Warning, "Credential '{Credential}' (owner: {Owner}): version '{Version}' of {Secret} expires {Expires}. Set a new version in the vault before then; the app takes it by itself.")]
    private static partial void NearExpiry(ILogger logger, string credential, string owner, string version, string secret, string expires);

    [LoggerMessage(442, LogLevel.Warning, "Credential '{Credential}' (owner: {Owner}): version '{Version}' of {Secret} has expired. Set a new version in the vault now, unless a newer one is there.")]
    private static partial void Expired(ILogger logger, string credential, string owner, string version, string secret);

    [LoggerMessage(443, LogLevel.Warning, "A call of {Path} from {Client} without the key of credential '{Credential}' was refused. If it was Event Grid, give its subscription the current value; its event is lost. {Unsaid} more of this client were refused since this was last said.")]
    private static partial void Refused(ILogger logger, string client, string path, string credential, long unsaid);

    [LoggerMessage(444, LogLevel.Warning, "A call of {Path} from {Client} presented version '{Version}' of credential '{Credential}', which is not accepted any more. Give Event Grid's subscription the current value; its event is lost. {Unsaid} more of this client were refused since this was last said.")]
    private static partial void RefusedOld(ILogger logger, string client, string path, string version, string credential, long unsaid);

    [LoggerMessage(445, LogLevel.Warning, "A delivery to {Path} from {Client} was refused: it {Cause}. Check that the subscription is one of Key Vault, in Event Grid's schema or CloudEvents 1.0. {Unsaid} more of this client were refused since this was last said.")]
    private static partial void Malformed(ILogger logger, string client, string path, string cause, long unsaid);

    [LoggerMessage(446, LogLevel.Information, "Key Vault sent an event for {Secret}, where no credential of this app is stored; it is ignored. If one should be, compare vault and name. Said at most once an hour for each secret.")]
    private static partial void NotOurs(ILogger logger, string secret);

    [LoggerMessage(447, LogLevel.Information, "Event Grid made a subscription for {Path}.")]
    private static partial void Validated(ILogger logger, string path);

    [LoggerMessage(448, LogLevel.Error, "Calls of {Path} cannot be checked: credential '{Credential}' has no version to compare with. They are answered with 503, so that Event Grid tries again. Add a valid version to the backend. Said at most once a minute.")]
    private static partial void NoKey(ILogger logger, string path, string credential);

    public void Signalled(string credential, string eventType)
    {
        if (_signalled.Take(credential, out _) is not null)
        {
            Signalled(logger, credential, eventType);
        }
    }

    // The owner is looked up only for a line that is said: it takes a look at all credentials.
    public void NearExpiry(string credential, Func<string, string> owner, VersionAddress address, string expires)
    {
        if (_expiring.Take($"{credential}\n{address.Version}\nnear", out _) is not null)
        {
            NearExpiry(logger, credential, owner(credential), address.Version, address.Location, expires);
        }
    }

    public void Expired(string credential, Func<string, string> owner, VersionAddress address)
    {
        if (_expiring.Take($"{credential}\n{address.Version}", out _) is not null)
        {
            Expired(logger, credential, owner(credential), address.Version, address.Location);
        }
    }

    public void Refused(string client, string path, string credential)
    {
        if (_refused.Take(client, out var unsaid) is { } who)
        {
            Refused(logger, who, path, credential, unsaid);
        }
    }

    public void RefusedOld(string client, string path, string credential, string version)
    {
        if (_refusedOld.Take(client, out var unsaid) is { } who)
        {
            RefusedOld(logger, who, path, version, credential, unsaid);
        }
    }

    public void Malformed(string client, string path, string cause)
    {
        if (_malformed.Take(client, out var unsaid) is { } who)
        {
            Malformed(logger, who, path, cause, unsaid);
        }
    }

    public void NotOurs(string location)
    {
        if (_foreign.Take(location, out _) is not null)
        {
            NotOurs(logger, location);
        }
    }

    public void Validated(string path)
    {
        if (_endpoint.Take("handshake", out _) is not null)
        {
            Validated(logger, path);
        }
    }

    public void NoKey(string path, string credential)
    {
        if (_endpoint.Take("no key", out _) is not null)
        {
            NoKey(logger, path, credential);
        }
    }
}
