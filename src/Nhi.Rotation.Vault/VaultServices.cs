using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Nhi.Rotation.Vault.Client;
using Nhi.Rotation.Vault.Logins;

namespace Nhi.Rotation.Vault;

/// <summary>What every backend of the package needs of the application.</summary>
internal static class VaultServices
{
    public static void Check(CredentialBuilder builder, string path, VaultSettings settings)
    {
        var itself = settings.Login?.Credential == builder.Name ? "it is the credential that it logs in with. Declare that one as a credential of its own." : null;
        if ((itself ?? settings.FindMistake(path)) is { } mistake)
        {
            throw new ArgumentException($"Credential '{builder.Name}': {mistake}", nameof(path));
        }
    }

    public static void AddClient(IServiceCollection services)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<VaultSessions>();
        services.AddHttpClient(VaultWire.ClientName)
            .ConfigurePrimaryHttpMessageHandler(static () => VaultWire.NewTransport(VaultTls.Read(Environment.GetEnvironmentVariable)))
            .RedactLoggedHeaders([VaultWire.TokenHeader]);
    }

    public static (VaultHttp Vault, TimeProvider Time) Connect(IServiceProvider services, VaultSettings settings)
    {
        var factory = services.GetRequiredService<IHttpClientFactory>();
        var time = services.GetRequiredService<TimeProvider>();
        var wire = new VaultWire(() => factory.CreateClient(VaultWire.ClientName), settings, time);
        return (new VaultHttp(wire, Tokens(services, settings, wire), settings), time);
    }

    private static ITokens Tokens(IServiceProvider services, VaultSettings settings, VaultWire wire)
    {
        if (settings.Login is not { } terms)
        {
            return new StoredToken(settings.TokenFile);
        }

        ILogin login = terms.Kind switch
        {
            LoginKind.Kubernetes => new FileLogin(terms),
            LoginKind.Certificate => new CertificateLogin(terms, settings, Presented),
            _ => new CredentialLogin(terms, Presented),
        };
        return services.GetRequiredService<VaultSessions>().Get(settings, terms, () => new LoginTokens(wire, login));

        IRotatingCredentialProvider Presented() => services.GetRequiredKeyedService<IRotatingCredentialProvider>(terms.Credential!).ForConsumer("vault login");
    }
}
