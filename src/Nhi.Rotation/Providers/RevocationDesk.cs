using Nhi.Rotation.Evidence.Revocations;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Versions;

namespace Nhi.Rotation.Providers;

/// <summary>Between one credential's versions and the lists of revocations: what they say of it, and what is revoked here and is to last.</summary>
internal readonly struct RevocationDesk(VersionShelf shelf, EngineParts engine)
{
    /// <summary>What the lists say of the credential. The same object until one says something else.</summary>
    public IEnumerable<StandingRevocation> Entries => engine.Revocations.ByCredential[shelf.CredentialName];

    /// <summary>The versions that are known and not revoked yet, of which some entries speak, each with the reason. Slow where fingerprints have salts.</summary>
    public List<(string VersionId, string Why)> Find(IEnumerable<StandingRevocation> entries)
    {
        List<(string, string)> found = [];
        foreach (var (id, value) in Read())
        {
            if (ListingExam.WhyRevoked(entries, id, value.Span) is { } why)
            {
                found.Add((id, why));
            }
        }

        return found;
    }

    /// <summary>The value of a version, if it is at hand.</summary>
    public ReadOnlyMemory<byte> ValueOf(string versionId)
    {
        lock (shelf.Gate)
        {
            return shelf.Find(versionId) is { } version ? ValueOf(version) : default;
        }
    }

    /// <summary>Makes a revocation last, or says that it does not.</summary>
    public async ValueTask KeepAsync(string versionId, ReadOnlyMemory<byte> value, string why, CancellationToken ct)
    {
        if (!engine.Revocations.IsWritable)
        {
            engine.Log.RevocationNotLasting(shelf.CredentialName, versionId, "no list of revocations can be written here");
            return;
        }

        try
        {
            await engine.Revocations.KeepAsync(new RevocationEntry(shelf.CredentialName, versionId, null, why, engine.Clock.Time.GetUtcNow()), value, ct).ConfigureAwait(false);
        }
        catch (RevocationListException error)
        {
            engine.Log.RevocationNotLasting(shelf.CredentialName, versionId, error.Message);
        }
    }

    private List<(string Id, ReadOnlyMemory<byte> Value)> Read()
    {
        lock (shelf.Gate)
        {
            List<(string, ReadOnlyMemory<byte>)> versions = [];
            foreach (var version in shelf.Versions)
            {
                if (version.State.Stage != CredentialStage.Revoked)
                {
                    versions.Add((version.VersionId, ValueOf(version)));
                }
            }

            return versions;
        }
    }

    private static ReadOnlyMemory<byte> ValueOf(LiveVersion version) =>
        version.Value is { } value ? SecretBytes.Of(value) : default;
}
