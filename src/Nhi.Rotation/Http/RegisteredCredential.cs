using Microsoft.Extensions.DependencyInjection;

namespace Nhi.Rotation.Http;

/// <summary>Finds the credential that a part of the app names. The error says which part, which name, and the fix.</summary>
internal static class RegisteredCredential
{
    /// <param name="services">The app's services.</param>
    /// <param name="name">The credential.</param>
    /// <param name="user">The part, and that it uses it, as the middle of a sentence.</param>
    /// <exception cref="CredentialUnavailableException">It is not registered.</exception>
    public static IRotatingCredentialProvider Get(IServiceProvider services, string name, string user)
    {
        IRotatingCredentialProvider? provider;
        try
        {
            provider = services.GetKeyedService<IRotatingCredentialProvider>(name);
        }
        catch (CredentialUnavailableException error)
        {
            throw new CredentialUnavailableException(name, $"{user}, and {error.Cause}", error.Fix);
        }

        return provider ?? throw new CredentialUnavailableException(
            name, $"{user}, and the app has no rotating credentials", $"Call builder.Services.AddRotatingCredentials().AddCredential(\"{name}\", ...).");
    }
}
