using Microsoft.Extensions.Configuration;
using Nhi.Rotation.Providers;

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
    private IDisposable? _hold;

    public string CredentialName => credentialName;

    // A configuration manager builds its providers again whenever a source is added.
    public IConfigurationProvider Build(IConfigurationBuilder builder)
    {
        lock (_gate)
        {
            var provider = new CredentialConfigurationProvider(credentialName, _keys);
            _providers.Add(provider);
            return provider;
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
        var keys = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        if (current is not null)
        {
            ShieldedCall.Run(Fill, keys, current, "making configuration keys", "Check the format of the value and the code given to ExposeInConfiguration(...).");
        }

        _hold?.Dispose();
        _hold = current?.Hold();
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

    private void Fill(Dictionary<string, string?> keys, Credential credential)
    {
        foreach (var (key, value) in toKeys(credential))
        {
            keys[key] = value;
        }
    }
}
