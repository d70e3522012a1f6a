using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.AspNetCore.Push;

/// <summary>What the endpoint for Key Vault events says. Event ids 440 to 449; they are part of the contract with whoever alerts on them.</summary>
internal sealed partial class PushLog(ILogger logger, TimeProvider time)
{
    // Whoever may call may call often; the log must not be what it costs.
    private static readonly TimeSpan RefusalSpacing = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private long? _lastRefusal;
    private long _unsaid;

    [LoggerMessage(440, LogLevel.Information, "Credential '{Credential}': Key Vault sent {EventType}; the vault is asked.")]
    private static partial void Signalled(ILogger logger, string credential, string eventType);

    [LoggerMessage(441, LogLevel.Warning, "Credential '{Credential}' (owner: {Owner}): version '{Version}' of {Secret} expires {Expires}. Set a new version in the vault before then; the app takes it by itself.")]
    private static partial void NearExpiry(ILogger logger, string credential, string owner, string version, string secret, string expires);

    [LoggerMessage(442, LogLevel.Warning, "Credential '{Credential}' (owner: {Owner}): version '{Version}' of {Secret} has expired. Set a new version in the vault now, unless a newer one is there.")]
    private static partial void Expired(ILogger logger, string credential, string owner, string version, string secret);

    [LoggerMessage(443, LogLevel.Warning, "A call of {Path} without the key of credential '{Credential}' was refused. If it was Event Grid, give its subscription the current value; its event is lost. {Unsaid} more were refused since this was last said.")]
    private static partial void Refused(ILogger logger, string path, string credential, long unsaid);

    [LoggerMessage(444, LogLevel.Warning, "A call of {Path} presented version '{Version}' of credential '{Credential}', which is not accepted any more. Give Event Grid's subscription the current value; its event is lost. {Unsaid} more were refused since this was last said.")]
    private static partial void RefusedOld(ILogger logger, string path, string version, string credential, long unsaid);

    [LoggerMessage(445, LogLevel.Warning, "A delivery to {Path} was refused: it {Cause}. Check that the subscription is one of Key Vault, in Event Grid's schema or CloudEvents 1.0. {Unsaid} more were refused since this was last said.")]
    private static partial void Malformed(ILogger logger, string path, string cause, long unsaid);

    [LoggerMessage(446, LogLevel.Information, "Key Vault sent an event for {Secret}, where no credential of this app is stored; it is ignored. If one should be, compare vault and name. Said once for each secret.")]
    private static partial void NotOurs(ILogger logger, string secret);

    [LoggerMessage(447, LogLevel.Information, "Event Grid made a subscription for {Path}.")]
    private static partial void Validated(ILogger logger, string path);

    public void Signalled(string credential, string eventType) => Signalled(logger, credential, eventType);

    public void NearExpiry(string credential, string owner, VersionAddress address, string expires) => NearExpiry(logger, credential, owner, address.Version, address.Location, expires);

    public void Expired(string credential, string owner, VersionAddress address) => Expired(logger, credential, owner, address.Version, address.Location);

    public void Refused(string path, string credential)
    {
        if (TakeTurn(out var unsaid))
        {
            Refused(logger, path, credential, unsaid);
        }
    }

    public void RefusedOld(string path, string credential, string version)
    {
        if (TakeTurn(out var unsaid))
        {
            RefusedOld(logger, path, version, credential, unsaid);
        }
    }

    public void Malformed(string path, string cause)
    {
        if (TakeTurn(out var unsaid))
        {
            Malformed(logger, path, cause, unsaid);
        }
    }

    public void NotOurs(string location) => NotOurs(logger, location);

    public void Validated(string path) => Validated(logger, path);

    private bool TakeTurn(out long unsaid)
    {
        lock (_gate)
        {
            if (_lastRefusal is { } last && time.GetElapsedTime(last) < RefusalSpacing)
            {
                unsaid = ++_unsaid;
                return false;
            }

            _lastRefusal = time.GetTimestamp();
            unsaid = _unsaid;
            _unsaid = 0;
            return true;
        }
    }
}
