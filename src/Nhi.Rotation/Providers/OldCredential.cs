using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>A replaced version as a view shows it: made when somebody asks for it, and not kept, so that whoever keeps it can be found.</summary>
internal sealed class OldCredential(LiveVersion version, SecretValue value, string consumer) : WeakReference(target: null)
{
    public LiveVersion Version { get; } = version;

    // Two at once may get one each: both are watched.
    public Credential Get()
    {
        var state = Version.State;
        if (Target is Credential given && given.ExpiresOn == state.ExpiresOn && given.NotBefore == state.NotBefore)
        {
            return given;
        }

        given = new Credential(Version.CredentialName, Version.VersionId, value, Version.ForConsumer(consumer)) { CreatedOn = state.CreatedOn, NotBefore = state.NotBefore, ExpiresOn = state.ExpiresOn };
        Version.Give(consumer, given, KeptObjects.Credential);
        Target = given;
        return given;
    }

    public override string ToString() => Version.VersionId;
}
