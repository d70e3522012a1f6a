using Microsoft.Extensions.Configuration;

namespace Nhi.Rotation.Configuration;

/// <summary>Shows the keys of one credential.</summary>
internal sealed class CredentialConfigurationProvider : ConfigurationProvider
{
    private readonly string _credentialName;

    public CredentialConfigurationProvider(string credentialName, Dictionary<string, string?> keys)
    {
        _credentialName = credentialName;
        Data = keys;
    }

    /// <summary>Replaces all keys at once and tells the readers.</summary>
    public void Show(Dictionary<string, string?> keys)
    {
        Data = keys;
        OnReload();
    }

    public override string ToString() => $"rotating credential '{_credentialName}'";
}
