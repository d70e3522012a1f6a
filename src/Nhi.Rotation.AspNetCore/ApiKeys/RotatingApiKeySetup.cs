using Microsoft.Extensions.Options;

namespace Nhi.Rotation.AspNetCore.ApiKeys;

/// <summary>Connects a scheme's clients with their credentials, once. An unknown credential fails the start.</summary>
internal sealed class RotatingApiKeySetup(IServiceProvider services) : IPostConfigureOptions<RotatingApiKeyOptions>
{
    public void PostConfigure(string? name, RotatingApiKeyOptions options) => options.Lookup = new ApiKeyClients(services, name ?? string.Empty, options);
}
