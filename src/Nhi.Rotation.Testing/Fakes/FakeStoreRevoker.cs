namespace Nhi.Rotation.Testing;

/// <summary>An <see cref="IStoreRevoker"/> for tests of code that ends versions in their stores: it revokes in the fakes that it is given, and notes what was asked.</summary>
/// <remarks>Safe for concurrent use.</remarks>
/// <param name="providers">The credentials there are.</param>
public sealed class FakeStoreRevoker(params FakeCredentialProvider[] providers) : IStoreRevoker
{
    private readonly Lock _gate = new();
    private readonly List<BackendRevocation> _revocations = [];

    /// <summary>What was ended in the store, oldest first; the key is the credential's name. A copy.</summary>
    public IReadOnlyList<BackendRevocation> Revocations
    {
        get
        {
            lock (_gate)
            {
                return [.. _revocations];
            }
        }
    }

    /// <summary>What the store answers from now on, after the version was revoked in the process; <see langword="null"/> for success.</summary>
    public BackendException? Error { get; set; }

    /// <inheritdoc/>
    public async ValueTask<bool> RevokeAsync(string credentialName, string versionId, string why, bool evenIfLast = false, CancellationToken ct = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(credentialName);
        ArgumentException.ThrowIfNullOrEmpty(versionId);
        ArgumentException.ThrowIfNullOrEmpty(why);
        ct.ThrowIfCancellationRequested();
        var provider = Array.Find(providers, one => one.Name == credentialName)
            ?? throw new CredentialUnavailableException(credentialName, "the fake revoker was not given it", "Give its FakeCredentialProvider to the constructor.");
        if (!evenIfLast && provider.Credentials.Presentable is [{ } only] && only.VersionId == versionId)
        {
            throw new LastVersionException(credentialName, $"version '{versionId}' is the only one that can be presented", "Call RotateTo in the test, or say evenIfLast.");
        }

        var isKnown = provider.Knows(versionId);
        if (isKnown)
        {
            await provider.RevokeAsync(versionId, why, ct).ConfigureAwait(false);
        }

        if (Error is { } error)
        {
            throw error;
        }

        lock (_gate)
        {
            _revocations.Add(new BackendRevocation(credentialName, credentialName, versionId));
        }

        return isKnown;
    }
}
