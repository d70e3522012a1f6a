using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Backends.Certificates;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Http;
using Nhi.Rotation.Providers;
using Nhi.Rotation.Refreshing;
using Nhi.Rotation.Revocations;
using Nhi.Rotation.Telemetry;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>Makes the registry from declarations and validated options.</summary>
internal static class RegistryFactory
{
    public const string LogCategory = "Nhi.Rotation";

    public static CredentialRegistry Create(IServiceProvider services)
    {
        var setup = services.GetRequiredService<CredentialSetup>();
        var shared = services.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value;
        var options = services.GetRequiredService<IOptionsMonitor<CredentialOptions>>();
        var consumer = shared.ApplicationName
            ?? services.GetService<IHostEnvironment>()?.ApplicationName
            ?? Assembly.GetEntryAssembly()?.GetName().Name
            ?? "app";
        var proven = services.GetServices<ClientCredentialRegistration>().Where(client => client.IsProving).Select(client => client.CredentialName).ToHashSet(StringComparer.Ordinal);
        var credentials = WithoutMistakes(
            setup.Credentials.Values, registration => Settings(services, Checked(registration, setup), options.Get(registration.Name), shared, consumer, proven.Contains(registration.Name)));
        var time = services.GetService<TimeProvider>() ?? TimeProvider.System;
        var log = services.GetRequiredService<EngineLog>();
        var revocations = new StandingRevocations(setup.Revocations, setup.Credentials.Keys, time, log);
        return new CredentialRegistry(credentials, SchedulerSettings.From(shared), time, services.GetRequiredService<CredentialMetrics>(), log, EvidenceFactory.Create(services, setup, shared, consumer, time, log), revocations);
    }

    public static DeferredSinks Sinks(IServiceProvider _) => new();

    public static IKnownValues KnownValues(IServiceProvider services) => new KnownValues(services.GetRequiredService<CredentialRegistry>().Cores);

    public static IStoreRevoker StoreRevoker(IServiceProvider services) => new StoreRevoker(
        services.GetRequiredService<CredentialRegistry>().Find,
        new BackendCaller(services.GetService<TimeProvider>() ?? TimeProvider.System, services.GetRequiredService<IOptions<RotatingCredentialsOptions>>().Value.AttemptTimeout),
        services.GetRequiredService<EngineLog>());

    public static ILogger Logger(IServiceProvider services) => services.GetBackendLogger(LogCategory);

    // All mistakes are told at once.
    private static List<CoreSettings> WithoutMistakes(IEnumerable<CredentialRegistration> registrations, Func<CredentialRegistration, CoreSettings> make)
    {
        var made = new List<CoreSettings>();
        var mistakes = new List<OptionsValidationException>();
        foreach (var registration in registrations)
        {
            try
            {
                made.Add(make(registration));
            }
            catch (OptionsValidationException mistake)
            {
                mistakes.Add(mistake);
            }
        }

        return mistakes switch
        {
            [] => made,
            [var mistake] => throw mistake,
            _ => throw new AggregateException(mistakes),
        };
    }

    private static CredentialRegistration Checked(CredentialRegistration registration, CredentialSetup setup) =>
        registration.Formerly.Find(setup.Credentials.ContainsKey) is { } both
            ? throw new OptionsValidationException(
                registration.Name,
                typeof(CredentialOptions),
                [$"Credential '{registration.Name}': it was formerly '{both}', which is declared too, so these are two. Remove the declaration of '{both}', or its Formerly."])
            : registration;

    private static ICredentialBackend Backend(IServiceProvider services, ICredentialBackend backend, CredentialOptions options)
    {
        if (!options.IsCertificate)
        {
            return backend;
        }

        var passphrases = options.CertificatePassphrase is { } name ? new Passphrases(name, () => services.GetRequiredKeyedService<IRotatingCredentialProvider>(name)) : null;
        return new CertificateBackend(backend, services.GetService<TimeProvider>() ?? TimeProvider.System, Logger(services), passphrases);
    }

    private static CoreSettings Settings(
        IServiceProvider services, CredentialRegistration registration, CredentialOptions options, RotatingCredentialsOptions shared, string consumer, bool hasProof)
    {
        var backend = registration.Backend!(services);
        var settings = CoreSettings.From(
            registration.Name,
            registration.Key,
            Backend(services, backend, options),
            registration.Probe?.Invoke(services),
            registration.DefaultRefreshInterval,
            consumer,
            options,
            shared,
            hasProof);

        // Files have an id of what is left without them, so that backend does it itself.
        return (backend is FileCredentialBackend ? settings : settings.Trimming(options.Newline)) with { Formerly = registration.Formerly };
    }
}
