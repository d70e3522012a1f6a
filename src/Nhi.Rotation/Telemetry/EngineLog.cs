using Microsoft.Extensions.Logging;

namespace Nhi.Rotation.Telemetry;

/// <summary>What the engine says. Event ids 100 to 149; they are part of the contract with whoever alerts on them.</summary>
internal sealed partial class EngineLog
{
    private readonly ILogger _logger;

    public EngineLog(ILogger logger) => _logger = logger;

    [LoggerMessage(100, LogLevel.Information, "Credential '{Credential}': version '{Version}' is current.")]
    public partial void Loaded(string credential, string version);

    [LoggerMessage(101, LogLevel.Information, "Credential '{Credential}': rotated from version '{Old}' to '{New}'; the old one stays valid for the overlap window.")]
    public partial void Rotated(string credential, string? old, string @new);

    [LoggerMessage(102, LogLevel.Warning, "Credential '{Credential}': rolled back from version '{Old}' to '{New}'.")]
    public partial void RolledBack(string credential, string? old, string @new);

    [LoggerMessage(103, LogLevel.Error, "Credential '{Credential}': the other side keeps rejecting version '{Rejected}' and accepts '{Working}', which is presented again. {Detail}. Check that the new version is active on the other side.")]
    public partial void FellBack(string credential, string? rejected, string working, string? detail);

    [LoggerMessage(104, LogLevel.Information, "Credential '{Credential}': version '{Version}' is retired: {Cause}.")]
    public partial void Retired(string credential, string version, string? cause);

    [LoggerMessage(105, LogLevel.Information, "Credential '{Credential}': version '{Version}' is valid again.")]
    public partial void Revived(string credential, string version);

    [LoggerMessage(106, LogLevel.Warning, "Credential '{Credential}': version '{Version}' is revoked: {Why}. It is neither presented nor accepted from now on.")]
    public partial void Revoked(string credential, string version, string? why);

    [LoggerMessage(107, LogLevel.Information, "Credential '{Credential}': the probe accepted version '{Version}' ({Detail}).")]
    public partial void ProbeAccepted(string credential, string version, string? detail);

    [LoggerMessage(108, LogLevel.Error, "Credential '{Credential}': the probe rejected version '{Version}' ({Detail}), so it is not presented, and the probe is tried again; a version that is in use stays. Check that the new version is active on the other side.")]
    public partial void ProbeRejected(string credential, string version, string? detail);

    [LoggerMessage(109, LogLevel.Warning, "Credential '{Credential}': the probe of version '{Version}' was inconclusive ({Detail}) and is tried again.")]
    public partial void ProbeInconclusive(string credential, string version, string? detail);

    [LoggerMessage(110, LogLevel.Critical, "Credential '{Credential}': version '{Version}' may no longer be presented and there is no other one. Requests that need it fail until the backend has a valid version.")]
    public partial void Lost(string credential, string version);

    [LoggerMessage(111, LogLevel.Error, "Credential '{Credential}': {Detail}, which is more than MaxStaleness allows; nothing is presented until the backend answers.")]
    public partial void WentStale(string credential, string? detail);

    [LoggerMessage(112, LogLevel.Debug, "Credential '{Credential}': version '{Version}' was seen for the first time.")]
    public partial void Seen(string credential, string version);

    [LoggerMessage(113, LogLevel.Warning, "{Error} {InUse}; the next try is in {Next}.")]
    public partial void RefreshFailed(string error, string inUse, TimeSpan next);

    [LoggerMessage(114, LogLevel.Information, "Credential '{Credential}': the backend answers again.")]
    public partial void RefreshRecovered(string credential);

    [LoggerMessage(115, LogLevel.Warning, "Credential '{Credential}': version '{Version}' is {Stage} and was used by consumer '{Consumer}' (caller: {Caller}). Somebody still depends on it.")]
    public partial void ResidualUse(string credential, string version, CredentialStage stage, string consumer, string caller);

    [LoggerMessage(116, LogLevel.Error, "Credential '{Credential}': building a derived value from version '{Version}' failed: {Cause}. One that was built before stays. Check the format of the new version.")]
    public partial void DeriveFailed(string credential, string version, string cause);

    [LoggerMessage(117, LogLevel.Error, "Credential '{Credential}': a subscriber of its change token failed: {Cause}.")]
    public partial void SubscriberFailed(string credential, string cause);

    [LoggerMessage(118, LogLevel.Warning, "Credential '{Credential}': the backend's change signal failed with {ErrorType}; polling goes on.")]
    public partial void WatchFailed(string credential, string errorType);

    [LoggerMessage(119, LogLevel.Error, "{Error} The app starts without it (degraded start) and keeps trying.")]
    public partial void StartedDegraded(string error);

    [LoggerMessage(120, LogLevel.Information, "Credential '{Credential}': version '{Version}' is out of service, and the other side refuses it ({Detail}): proven.")]
    public partial void RetirementProven(string credential, string version, string? detail);

    [LoggerMessage(121, LogLevel.Error, "Credential '{Credential}': version '{Version}' is out of service, and the other side still accepts it ({Detail}). Revoke it there; it is asked again.")]
    public partial void RetirementViolated(string credential, string version, string? detail);

    [LoggerMessage(122, LogLevel.Warning, "Credential '{Credential}': whether the other side refuses version '{Version}', which is out of service, could not be found out ({Detail}); it is asked again.")]
    public partial void RetirementInconclusive(string credential, string version, string? detail);

    [LoggerMessage(123, LogLevel.Error, "Credential '{Credential}': that the other side refuses version '{Version}', which is out of service, is not proven and is not asked again ({Detail}). Check by hand that it is revoked there.")]
    public partial void RetirementUnproven(string credential, string version, string? detail);

    [LoggerMessage(124, LogLevel.Error, "Credential '{Credential}': version '{Version}' is no secret: {Rule}. It is neither presented nor accepted; a version that is in use stays. Write the secret itself into the backend, or set AcceptAnyValue if this is it.")]
    public partial void NoSecret(string credential, string version, string? rule);

    [LoggerMessage(125, LogLevel.Warning, "Credential '{Credential}': version '{Version}' is a weak secret: {Remark}. It is presented all the same. Use a longer one, or set MinimumLength to say that it is long enough.")]
    public partial void WeakSecret(string credential, string version, string? remark);

    [LoggerMessage(126, LogLevel.Error, "Credential '{Credential}': version '{Version}' is accepted from nobody: {Rule}. Give callers a longer key, or set MinimumLength if this one is long enough.")]
    public partial void NotAccepted(string credential, string version, string rule);

    [LoggerMessage(127, LogLevel.Warning, "Credential '{Credential}': version '{Version}' holds the value of version '{Other}': {Detail}. They are one secret: revoking one revokes the other.")]
    public partial void SameValue(string credential, string version, string? other, string? detail);

    [LoggerMessage(128, LogLevel.Error, "Credential '{Credential}': version '{Version}' is refused: its value was out of service already (version '{Other}'), and RefuseOldValues is set. What is in use stays. Write a new value into the backend.")]
    public partial void ReturnRefused(string credential, string version, string? other);

    [LoggerMessage(136, LogLevel.Warning, "Credential '{Credential}' version '{Version}' and credential '{Other}' version '{OtherVersion}' are the same secret: revoking it hits both. Give each a secret of its own.")]
    public partial void SharedSecret(string credential, string version, string other, string otherVersion);

    [LoggerMessage(
        135, LogLevel.Warning, "Credential '{Credential}': a hold of version '{Version}' by consumer '{Consumer}' (caller: {Caller}) was dropped without being disposed, so what it stood for may still be open, and the version is not proven to be safe to revoke. Keep what Hold() returns, or call Hold(owner).")]
    public partial void HoldLost(string credential, string version, string consumer, string caller);

    [LoggerMessage(129, LogLevel.Warning, "Credential '{Credential}': of the value of version '{Version}', {Oddity}.")]
    public partial void OddText(string credential, string version, string oddity);

    [LoggerMessage(130, LogLevel.Debug, "Credential '{Credential}': a change was signalled soon after another one; it is read in {Wait}.")]
    public partial void SignalPutOff(string credential, TimeSpan wait);

    [LoggerMessage(131, LogLevel.Error, "The list of revocations was not taken in: {Problem} What was read of it before, if anything was, stays in force.")]
    public partial void RevocationsUnread(string problem);

    [LoggerMessage(132, LogLevel.Information, "The list of revocations '{List}' was read: {Count} entries concern this application.")]
    public partial void RevocationsRead(string list, int count);

    [LoggerMessage(133, LogLevel.Information, "Credential '{Credential}': the revocation of version '{Version}' was added to '{List}', so it lasts.")]
    public partial void RevocationKept(string credential, string version, string list);

    [LoggerMessage(134, LogLevel.Warning, "Credential '{Credential}': the revocation of version '{Version}' ends with this process: {Why}. Disable the version in the store, or put it on a list of revocations.")]
    public partial void RevocationNotLasting(string credential, string version, string why);

    [LoggerMessage(137, LogLevel.Information, "Credential '{Credential}' is given to {Classes}, and a version of it was used by {Consumer}, which is everybody who did not say who they are: they count as one, and as moved when one of them has. Give each a name with ForConsumer.")]
    public partial void SharedConsumer(string credential, string classes, string consumer);

    [LoggerMessage(138, LogLevel.Warning, "Credential '{Credential}': version '{Version}' was ended in its store, for all that read it, because somebody asked for it. Why: {Why}")]
    public partial void RevokedInStore(string credential, string version, string why);

    [LoggerMessage(139, LogLevel.Error, "Credential '{Credential}': version '{Version}' was to be ended in its store (why: {Why}) and may still be valid there: {Problem} It is revoked in this process. Ask again.")]
    public partial void NotRevokedInStore(string credential, string version, string why, string problem);

    [LoggerMessage(143, LogLevel.Warning, "Credential '{Credential}': version '{Version}' was to be ended in its store (why: {Why}). The store did not object, but this process has seen no such version, so maybe nothing was ended. Compare the id with those on the status page.")]
    public partial void UnknownToStore(string credential, string version, string why);

    [LoggerMessage(145, LogLevel.Information, "Credential '{Credential}': version '{Version}', a lease of this process, was given back to its store.")]
    public partial void GivenBack(string credential, string version);

    [LoggerMessage(146, LogLevel.Warning, "Credential '{Credential}': version '{Version}', a lease of this process, could not be given back: {Problem} {Outlook}")]
    public partial void NotGivenBack(string credential, string version, string problem, string outlook);

    [LoggerMessage(140, LogLevel.Error, "Evidence could not be written to '{Path}', so it waits in memory and is tried again: {Reason}")]
    public partial void EvidenceFailed(string path, string reason);

    [LoggerMessage(141, LogLevel.Information, "Evidence is written again, to '{Path}'.")]
    public partial void EvidenceRecovered(string path);
}
