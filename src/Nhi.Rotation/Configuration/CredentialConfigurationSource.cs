using Microsoft.Extensions.Configuration;
using Nhi.Rotation.Following;

namespace Nhi.Rotation.Configuration;

/// <summary>
/// One credential as keys of a configuration. The configuration is built before there are services, so the keys are missing until the host starts and connects it.
/// </summary>
internal sealed class CredentialConfigurationSource(string credentialName, Func<Credential, IEnumerable<KeyValuePair<string, string?>>> toKeys) : IConfigurationSource
{
    public const string Consumer = "configuration";

    private readonly Lock _gate = new();
    private readonly List<CredentialConfigurationProvider> _providers = [];
    private Dictionary<string, string?> _keys = [];
    private PresentedVersionWatch? _watch;
    private Credential? _shown;
    private IDisposable? _hold;

    public string CredentialName => credentialName;

    // Called again whenever a configuration is built again, as a configuration manager does when a source is inserted or removed.
    public IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        lock (_gate)
        {
            var provider = new CredentialConfigurationProvider(this, _keys);
            _providers.Add(provider);
            return provider;
        }
    }

    /// <summary>Drops a provider whose configuration was disposed or built again.</summary>
    public void Forget(CredentialConfigurationProvider provider)
    {
        lock (_gate)
        {
            _providers.Remove(provider);
        }
    }

    public void Connect(IRotatingCredentialProvider provider) => _watch ??= new PresentedVersionWatch(provider.ForConsumer(Consumer), last: null, Take);

    public void Disconnect()
    {
        _watch?.Dispose();
        _hold?.Dispose();
    }

    private void Take(Credential? current)
    {
        Dictionary<string, string?> keys;
        try
        {
            keys = KeysOf(current);
        }
        catch (CredentialException) when (_shown is { Stage: CredentialStage.Revoked })
        {
            // The last good keys stay when a new version has a wrong form, but not those of a version that leaked.
            Show(null, KeysOf(null));
            throw;
        }

        Show(current, keys);
    }

    private void Show(Credential? current, Dictionary<string, string?> keys)
    {
        _hold?.Dispose();
        _hold = current?.Hold();
        _shown = current;
        CredentialConfigurationProvider[] providers;
        lock (_gate)
        {
            _keys = keys;
            providers = [.. _providers];
        }

        foreach (var provider in providers)
        {
            provider.Show(keys);
        }
    }

    // Without a version the keys stay and are empty, so that what other sources have under them does not show through.
    private Dictionary<string, string?> KeysOf(Credential? current)
    {
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (current is not null)
        {
            ShieldedCall.Run(Fill, keys, current, "making configuration keys", "Check the format of the value and the code given to ExposeInConfiguration(...).");
            return keys;
        }

        foreach (var key in _keys.Keys)
        {
            keys[key] = null;
        }

        return keys;
    }

    private void Fill(Dictionary<string, string?> keys, Credential credential)
    {
        foreach (var (key, value) in toKeys(credential))
        {
            keys[key] = value;
        }
    }
}
