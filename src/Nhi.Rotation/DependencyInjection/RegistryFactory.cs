using System.Reflection;
using System.Security.Cryptography;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Nhi.Rotation.Backends.Certificates;
using Nhi.Rotation.Backends.Files;
using Nhi.Rotation.Evidence;
using Nhi.Rotation.Evidence.Chains;
using Nhi.Rotation.Evidence.Journal;
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

    // 32 bits would meet by chance in a fleet that restarts often; 64 do not.
    private const int InstanceIdBytes = 8;

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
        var identity = NewIdentity(consumer, setup.Evidence, time);
#pragma warning disable CA2000 // The registry closes it.
        var evidence = EvidenceSinks.Of([.. Sinks(services, setup, identity, time, log)]);
#pragma warning restore CA2000
        IPast? past = shared.OnlyProcess ? null : setup.Evidence is { } others ? new JournalPast(others.Directory, identity, time) : new UnknownPast(time);
        return new CredentialRegistry(credentials, SchedulerSettings.From(shared), time, services.GetRequiredService<CredentialMetrics>(), log, EvidenceParts.Of(evidence, shared, past, setup.Evidence?.FingerprintKey ?? setup.EvidenceLogs?.FingerprintKey), revocations);
    }

    public static ILogger Logger(IServiceProvider services) =>
        services.GetService<ILoggerFactory>()?.CreateLogger(LogCategory) ?? NullLogger.Instance;

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

    // A line has one place in one chain, and what one place loses the other may have: so each has a chain of its own.
    private static IEnumerable<IEvidenceSink> Sinks(IServiceProvider services, CredentialSetup setup, ChainIdentity identity, TimeProvider time, EngineLog log)
    {
        if (setup.Evidence is { } files)
        {
            yield return new EvidenceJournal(files, identity, time, log);
        }

        if (setup.EvidenceLogs is { } logs)
        {
            var logger = services.GetService<ILoggerFactory>()?.CreateLogger(JournalLogs.Category) ?? NullLogger.Instance;
            yield return new EvidenceJournal(new JournalLogs(logger, NewIdentity(identity.App, logs, time)), time, log);
        }
    }

    private static ChainIdentity NewIdentity(string app, EvidenceOptions? evidence, TimeProvider time) => new(
        app,
        Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(InstanceIdBytes)),
        typeof(CredentialRegistry).Assembly.GetName().Version!.ToString(3),
        time.GetUtcNow())
    {
        Place = evidence?.Place,
        Resource = evidence?.DetectResource() ?? [],
    };

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
