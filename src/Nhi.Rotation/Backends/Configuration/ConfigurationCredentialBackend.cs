using System.Text;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Identity;

namespace Nhi.Rotation.Backends.Configuration;

/// <summary>The value of a key of the app's configuration, whatever that is made of; a version is a value.</summary>
internal sealed class ConfigurationCredentialBackend(IConfiguration? configuration, byte[]? fingerprintKey) : ICredentialBackend
{
    private readonly ValueId _id = new(fingerprintKey);

    public ValueTask<BackendListing> ListAsync(BackendRequest request, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var value = Read(request);
        var id = _id.Of(request.CredentialName, Encoding.UTF8.GetBytes(value));
        var version = new BackendVersion(id, request.KnownVersionIds.Contains(id) ? null : SecretValue.FromText(value)) { Label = VersionLabel.Current };

        // It holds one value, so others stay for their overlap.
        return ValueTask.FromResult(new BackendListing([version]) { IsComplete = false });
    }

    // One token for all of a configuration: who reloads anything may have reloaded this.
    public IChangeToken? Watch(string key) => configuration?.GetReloadToken();

    public string Locate(string key) => $"configuration {key}";

    private string Read(BackendRequest request)
    {
        if (configuration is null)
        {
            throw new BackendException(request.CredentialName, BackendFailure.Misconfigured, "the services have no IConfiguration", "Add one, as every host builder of .NET does.");
        }

        var section = configuration.GetSection(request.Key);
        return section.Value is { Length: > 0 } value ? value
            : section.GetChildren().Any() ? throw new BackendException(
                request.CredentialName, BackendFailure.InvalidContent, $"the configuration has a section '{request.Key}' and not a value", "Name the key of the value itself, such as Partner:ApiKey.")
            : throw new BackendException(
                request.CredentialName, section.Value is null ? BackendFailure.NotFound : BackendFailure.InvalidContent, $"the configuration has no value '{request.Key}'",
                $"Set it: dotnet user-secrets set \"{request.Key}\" at a desk, the environment variable {request.Key.Replace(":", "__", StringComparison.Ordinal)}, or a provider of your own.");
    }
}
