using Nhi.Rotation.Evidence;

namespace Nhi.Rotation.Providers;

/// <summary>Knows the stage and counts nothing: for building derived values and for probes.</summary>
internal sealed class UncountedTracker(VersionRecord version) : CredentialTracker
{
    public override CredentialStage Stage => version.Stage;

    public override string Consumer => string.Empty;

    public override void RecordUse()
    {
        // Not a use: nothing leaves the process, or a probe tests the version without anybody depending on it.
    }
}
