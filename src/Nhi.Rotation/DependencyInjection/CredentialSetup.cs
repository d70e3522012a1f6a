using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Nhi.Rotation.Revocations;

namespace Nhi.Rotation.DependencyInjection;

/// <summary>All declarations of a service collection, in one object that every call of AddRotatingCredentials shares.</summary>
internal sealed class CredentialSetup(IServiceCollection services)
{
    /// <summary>All services of the application, in the end.</summary>
    public IServiceCollection Services => services;

    public Dictionary<string, CredentialRegistration> Credentials { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, Action<CredentialBuilder, IConfigurationSection>> BackendSections { get; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Credentials declared in configuration, whose backend's section may become known only by a later call.</summary>
    public List<(CredentialBuilder Builder, IConfigurationSection Section)> Sections { get; } = [];

    /// <summary>The sections whose children were declared as credentials, with the names these had.</summary>
    public List<DeclaredSection> DeclaredSections { get; } = [];

    /// <summary>Sections with lists of revocations that have to be there.</summary>
    public List<IConfigurationSection> RevocationSections { get; } = [];

    /// <summary>Where evidence is written, if anywhere.</summary>
    public EvidenceFileOptions? Evidence { get; set; }

    /// <summary>How evidence is written to the logs, if it is.</summary>
    public EvidenceOptions? EvidenceLogs { get; set; }

    /// <summary>Other stores for evidence.</summary>
    public List<(Func<IServiceProvider, IEvidenceSink> Create, EvidenceOptions Options)> EvidenceSinks { get; } = [];

    /// <summary>What evidence compares values under: one key for all places, the first that was given.</summary>
    public byte[]? FingerprintKey => ((EvidenceOptions?[])[Evidence, EvidenceLogs, .. EvidenceSinks.Select(static sink => sink.Options)]).FirstOrDefault(static options => options?.FingerprintKey is not null)?.FingerprintKey;

    /// <summary>The lists of revocations.</summary>
    public List<RevocationSource> Revocations { get; } = [];
}
