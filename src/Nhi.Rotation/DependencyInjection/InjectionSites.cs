using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Primitives;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>
/// Looks for classes that share a consumer's name without knowing: several of the app's services are given one credential, and it is used by nobody who said who that is. Once a version is
/// replaced, and so the question is who moved, the log says so, once.
/// </summary>
internal sealed class InjectionSites(CredentialSetup setup, CredentialRegistry registry, EngineLog log) : IDisposable
{
    private readonly List<IDisposable> _watches = [];

    public void Watch()
    {
        var only = registry.Names.Count == 1 ? registry.Names.Single() : null;
        foreach (var site in Find(setup.Services, only).GroupBy(site => site.Credential, StringComparer.Ordinal))
        {
            string[] classes = [.. site.Select(one => one.Class).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
            if (classes.Length > 1 && registry.Names.Contains(site.Key))
            {
                Watch(registry.Get(site.Key), classes);
            }
        }
    }

    public void Dispose() => _watches.ForEach(static watch => watch.Dispose());

    private void Watch(IRotatingCredentialProvider credential, string[] classes)
    {
        var isTold = 0;
        _watches.Add(ChangeToken.OnChange(credential.GetChangeToken, () =>
        {
            if (registry.Ledger.GetUses(credential.Name).Any(use => use.Consumer == credential.Consumer && use.Caller is null && use.Uses > 0) && Interlocked.Exchange(ref isTold, 1) == 0)
            {
                log.SharedConsumer(credential.Name, string.Join(", ", classes), credential.Consumer);
            }
        }));
    }

    private static List<(string Credential, string Class)> Find(IServiceCollection services, string? only)
    {
        List<(string, string)> sites = [];
        foreach (var service in services)
        {
            if (ImplementationOf(service) is { } type)
            {
                sites.AddRange(Injected(type, only).Select(credential => (credential, type.Name)));
            }
        }

        return sites;
    }

    [return: DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)]
    private static Type? ImplementationOf(ServiceDescriptor service) => service.IsKeyedService ? service.KeyedImplementationType : service.ImplementationType;

    private static IEnumerable<string> Injected([DynamicallyAccessedMembers(DynamicallyAccessedMemberTypes.PublicConstructors)] Type type, string? only) =>
        from constructor in type.GetConstructors()
        from parameter in constructor.GetParameters()
        where parameter.ParameterType == typeof(IRotatingCredentialProvider)
        let keyed = parameter.GetCustomAttributes(typeof(FromKeyedServicesAttribute), inherit: false).OfType<FromKeyedServicesAttribute>().FirstOrDefault()
        let name = keyed is null ? only : keyed.Key as string
        where name is not null
        select name;
}
