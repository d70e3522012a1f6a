using Azure;

namespace Nhi.Rotation;

/// <summary>Credential objects of the Azure SDK that follow a rotation. Make one for each client that lives long, or share it.</summary>
/// <remarks>
/// A client reads its credential object for each request, so the next request after a rotation has the new version. The object holds the version that it has
/// (<see cref="Credential.Hold()"/>) for the provider's consumer until the next one has taken its place. All methods block for the first load if that has not happened.
/// </remarks>
public static class AzureCredentialExtensions
{
    // Replaced before anybody sees it: the types refuse to be empty.
    private const string NotYet = "none";

    /// <summary>An API key, for AI Search, Azure OpenAI, Event Grid and others.</summary>
    /// <param name="provider">The credential; its value is the key.</param>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or the first load failed.</exception>
    /// <exception cref="CredentialFormatException">The value is not text, or has a line break, an outer space or a control character.</exception>
    public static AzureKeyCredential ToAzureKeyCredential(this IRotatingCredentialProvider provider)
    {
        var key = new AzureKeyCredential(NotYet);
        provider.Follow(key, static (key, credential) => key.Update(Read(credential)));
        return key;
    }

    /// <summary>A named key, for Table Storage, Event Hubs, Service Bus and others. The name stays, the key rotates.</summary>
    /// <param name="provider">The credential; its value is the key.</param>
    /// <param name="name">The account's or the policy's name.</param>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or the first load failed.</exception>
    /// <exception cref="CredentialFormatException">The value is not text, or has a line break, an outer space or a control character.</exception>
    public static AzureNamedKeyCredential ToAzureNamedKeyCredential(this IRotatingCredentialProvider provider, string name)
    {
        var key = new AzureNamedKeyCredential(name, NotYet);
        provider.Follow(key, static (key, credential) => key.Update(key.Name, Read(credential)));
        return key;
    }

    /// <summary>A shared access signature, for Storage, Event Hubs, Service Bus and others.</summary>
    /// <param name="provider">The credential; its value is the signature.</param>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or the first load failed.</exception>
    /// <exception cref="CredentialFormatException">The value is not text, or has a line break, an outer space or a control character.</exception>
    public static AzureSasCredential ToAzureSasCredential(this IRotatingCredentialProvider provider)
    {
        var signature = new AzureSasCredential(NotYet);
        provider.Follow(signature, static (signature, credential) => signature.Update(Read(credential)));
        return signature;
    }

    // The SDK would take it, and fail with each request.
    private static string Read(Credential credential)
    {
        var value = credential.Reveal();
        return value.AsSpan().ContainsAnyInRange('\0', '\u001F') || value.AsSpan().Trim().Length != value.Length
            ? throw new CredentialFormatException(
                credential.Name,
                $"the value of version '{credential.VersionId}' has a line break, an outer space or a control character, which no key has",
                "Store the value again without it; a line break often comes from the editor or from 'echo'.")
            : value;
    }
}
