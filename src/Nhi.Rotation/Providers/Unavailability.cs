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
            : state.Versions.LastOrDefault(version => version is { IsListed: true, Unfit.IsRefused: true }) is { } refused
            ? new(name, $"version '{refused.Id}' is no secret: {refused.Unfit!.Rule}", "Write the secret itself into the backend, or set AcceptAnyValue if this is it.")
            : new(name, "none of its versions may be presented: they are pending, expired, disabled or revoked", "Add a valid version to the backend.");
    }
}
