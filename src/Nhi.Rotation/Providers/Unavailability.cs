using Nhi.Rotation.Lifecycle;

namespace Nhi.Rotation.Providers;

/// <summary>Why nothing can be presented, and what to do.</summary>
internal static class Unavailability
{
    public static CredentialUnavailableException Of(CoreSettings settings, CredentialState state, BackendException? last)
    {
        var name = settings.Name;
        if (state.ListedAt is null)
        {
            return last is null
                ? new(name, "it is not loaded yet", "Await GetCurrentAsync(), or let the host start before the first use.")
                : new(name, $"it could not be loaded: {last.Cause}", last.Fix);
        }

        return state.IsStale
            ? new(name, $"the backend has not answered for longer than MaxStaleness ({settings.Rules.Lifecycle.MaxStaleness})", "Restore access to the backend, or raise MaxStaleness.")
            : state.Versions.LastOrDefault(version => version is { IsShown: true, Unfit.IsRefused: true }) is { } refused
            ? new(name, $"version '{refused.Id}' is no secret: {refused.Unfit!.Rule}", "Write the secret itself into the backend, or set AcceptAnyValue if this is it.")
            : state.Versions.Where(version => version.IsListed).MaxBy(version => version.Order) is { } newest
            ? WithoutAnother(WhyNot(name, newest), newest, last)
            : new(name, "none of its versions may be presented", "Add a valid version to the backend.");
    }

    // One that ended is to be followed by another; where the store cannot be asked for that, there is the trouble.
    private static CredentialUnavailableException WithoutAnother(CredentialUnavailableException why, VersionState newest, BackendException? last) => last is null || newest.Stage == CredentialStage.Pending
        ? why
        : new(why.CredentialName, $"{why.Cause}, and there is no other one: {last.Cause}", last.Fix);

    // Of the newest one, for that is what somebody expects to be presented.
    private static CredentialUnavailableException WhyNot(string name, VersionState version) => version switch
    {
        { Stage: CredentialStage.Revoked } => new(name, $"version '{version.Id}' is revoked", "Add a new version to the backend."),
        { IsEnabled: false } => new(name, $"version '{version.Id}' is disabled", "Enable it in the backend, or add a new version."),
        { RetiredBecause: RetireCause.Expired, ExpiresOn: { } end } => new(name, $"version '{version.Id}' expired at {end:u}", "Add a version to the backend that is valid; or set Expiry to Informs if the service goes on taking this one, to FallsBack if an older one may stand in."),
        { Label: VersionLabel.Pending } => new(name, $"the backend calls version '{version.Id}' pending", "Finish the rotation there, so that a version is current."),
        { Stage: CredentialStage.Pending, Probe: ProbeVerdict.Rejected or ProbeVerdict.Inconclusive } => new(
            name, $"the probe has not accepted version '{version.Id}'", "Check that it is active on the other side, and the probe's address; the log has its answers (events 108 and 109)."),
        { Stage: CredentialStage.Pending, NotBefore: { } start } => new(name, $"version '{version.Id}' is valid from {start:u} on and not before", "Wait, or add a version to the backend that is valid now."),
        _ => new(name, $"version '{version.Id}' is {version.Stage}, and there is no other one", "Add a valid version to the backend."),
    };
}
