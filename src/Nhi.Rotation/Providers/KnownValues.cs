using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Asks every credential whether a value is its own.</summary>
internal sealed class KnownValues(IReadOnlyCollection<CredentialCore> cores) : IKnownValues
{
    public IReadOnlyList<KnownValue> Find(ReadOnlySpan<byte> value)
    {
        var found = new List<KnownValue>();
        var fingerprint = VersionFingerprint.Of(value);
        foreach (var core in cores)
        {
            core.Find(fingerprint, found);
        }

        return found;
    }
}
