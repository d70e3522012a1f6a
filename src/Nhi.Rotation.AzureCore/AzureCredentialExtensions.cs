using Azure;

namespace Nhi.Rotation;

/// <summary>Credential objects of the Azure SDK that follow a rotation. Make one for each client that lives long, or share it.</summary>
/// <remarks>
/// A client reads its credential object for each request, so the next request after a rotation has the new version. The object holds the version that it has
/// (<see cref="Credential.Hold"/>) for the provider's consumer until the next one has taken its place. All methods block for the first load if that has not happened.
/// </remarks>
public static class AzureCredentialExtensions
{
    // Replaced before anybody sees it: the types refuse to be empty.
    private const string NotYet = "none";

    /// <summary>An API key, for AI Search, Azure OpenAI, Event Grid and others.</summary>
    /// <param name="provider">The credential; its value is the key.</param>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or the first load failed.</exception>
    /// <exception cref="CredentialFormatException">The value is not text.</exception>
    public static AzureKeyCredential ToAzureKeyCredential(this IRotatingCredentialProvider provider)
    {
        var key = new AzureKeyCredential(NotYet);
        provider.Follow(key, static (key, credential) => key.Update(credential.Reveal()));
        return key;
    }

    /// <summary>A named key, for Table Storage, Event Hubs, Service Bus and others. The name stays, the key rotates.</summary>
    /// <param name="provider">The credential; its value is the key.</param>
    /// <param name="name">The account's or the policy's name.</param>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or the first load failed.</exception>
    /// <exception cref="CredentialFormatException">The value is not text.</exception>
    public static AzureNamedKeyCredential ToAzureNamedKeyCredential(this IRotatingCredentialProvider provider, string name)
    {
        var key = new AzureNamedKeyCredential(name, NotYet);
        provider.Follow(key, static (key, credential) => key.Update(key.Name, credential.Reveal()));
        return key;
    }

    /// <summary>A shared access signature, for Storage, Event Hubs, Service Bus and others.</summary>
    /// <param name="provider">The credential; its value is the signature.</param>
    /// <exception cref="CredentialUnavailableException">Nothing is presentable, or the first load failed.</exception>
    /// <exception cref="CredentialFormatException">The value is not text.</exception>
    public static AzureSasCredential ToAzureSasCredential(this IRotatingCredentialProvider provider)
    {
        var signature = new AzureSasCredential(NotYet);
        provider.Follow(signature, static (signature, credential) => signature.Update(credential.Reveal()));
        return signature;
    }
}
