namespace Nhi.Rotation.Backends.Certificates;

/// <summary>
/// The versions of the credential that opens encrypted certificates. One that opened a certificate is held for as long as the store lists that: a restart needs it again, so it is not safe to
/// revoke. Listings come one at a time.
/// </summary>
/// <param name="name">The credential's name.</param>
/// <param name="find">Finds it; it is there only after the backend that asks for it.</param>
internal sealed class Passphrases(string name, Func<IRotatingCredentialProvider> find)
{
    private readonly Dictionary<string, IDisposable> _holds = new(StringComparer.Ordinal);

    /// <summary>What may open a certificate, the likeliest first.</summary>
    /// <exception cref="BackendException">There is none to be had now.</exception>
    public async ValueTask<IReadOnlyList<Credential>> VersionsAsync(string credentialName, CancellationToken ct)
    {
        var provider = find().ForConsumer($"certificate {credentialName}");
        try
        {
            var current = await provider.GetCurrentAsync(ct).ConfigureAwait(false);
            return [current, .. provider.Credentials.Presentable.Concat(provider.Credentials.Pending).Where(version => version.VersionId != current.VersionId).DistinctBy(static version => version.VersionId)];
        }
        catch (CredentialException)
        {
            throw new BackendException(
                credentialName, BackendFailure.Unavailable, $"its passphrase, credential '{name}', cannot be had now", $"See what is said of '{name}'; this is tried again.");
        }
    }

    public void Opened(string versionId, Credential passphrase)
    {
        if (_holds.Remove(versionId, out var before))
        {
            before.Dispose();
        }

        _holds.Add(versionId, passphrase.Hold());
    }

    /// <summary>Lets go of what opened certificates that are not listed any more.</summary>
    public void Keep(IEnumerable<string> versionIds)
    {
        foreach (var gone in _holds.Keys.Except(versionIds).ToList())
        {
            _holds[gone].Dispose();
            _holds.Remove(gone);
        }
    }
}
