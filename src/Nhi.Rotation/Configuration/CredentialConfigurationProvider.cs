using Microsoft.Extensions.Configuration;

namespace Nhi.Rotation.Configuration;

/// <summary>Shows the keys of one credential.</summary>
internal sealed class CredentialConfigurationProvider : ConfigurationProvider, IDisposable
{
    private readonly CredentialConfigurationSource _source;

    public CredentialConfigurationProvider(CredentialConfigurationSource source, IReadOnlyDictionary<string, string?> keys)
    {
        _source = source;
        Data = Copy(keys);
    }

    /// <summary>Replaces all keys at once and tells the readers.</summary>
    public void Show(IReadOnlyDictionary<string, string?> keys)
    {
        Data = Copy(keys);
        OnReload();
    }

    public void Dispose() => _source.Forget(this);

    // Code that masks secrets in a debug view knows the provider by this text.
    public override string ToString() => $"rotating credential '{_source.CredentialName}'";

    // Whoever sets a key writes into all providers of a configuration.
    private static Dictionary<string, string?> Copy(IReadOnlyDictionary<string, string?> keys) => new(keys, StringComparer.OrdinalIgnoreCase);
}
