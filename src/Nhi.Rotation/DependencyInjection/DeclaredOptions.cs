using Microsoft.Extensions.Options;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Applies what each credential's declaration sets. One service for all names: with one a name, making all options would take quadratic time.</summary>
internal sealed class DeclaredOptions(CredentialSetup setup) : IConfigureNamedOptions<CredentialOptions>, IConfigureNamedOptions<FileBackendOptions>
{
    public void Configure(CredentialOptions options) => Configure(Options.DefaultName, options);

    public void Configure(FileBackendOptions options) => Configure(Options.DefaultName, options);

    public void Configure(string? name, CredentialOptions options) => Apply(name, registration => registration.ConfigureOptions, options);

    public void Configure(string? name, FileBackendOptions options) => Apply(name, registration => registration.ConfigureFiles, options);

    private void Apply<T>(string? name, Func<CredentialRegistration, List<Action<T>>> actions, T options)
    {
        if (name is not null && setup.Credentials.TryGetValue(name, out var registration))
        {
            foreach (var action in actions(registration))
            {
                action(options);
            }
        }
    }
}
